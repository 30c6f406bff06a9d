// Keys and values are bytes; std::string carries them, NUL and 0xff included.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace henge {

using Bytes = std::string;
using BytesView = std::string_view;

std::string toHex(BytesView bytes);                     // lower case, two digits a byte
std::optional<Bytes> fromHex(std::string_view digits);  // nullopt: odd length or not a digit

// XXH3-64 with seed 0: the hash of the hashing partitioner, of digests and of file checksums
// (docs/format/). Its value is part of the formats and never changes.
std::uint64_t hash64(BytesView bytes);

// hash64 of the parts laid end to end, without laying them so.
std::uint64_t hash64OfParts(std::initializer_list<BytesView> parts);

void appendBigEndian64(Bytes& out, std::uint64_t value);  // keeps byte order = numeric order

}  // namespace henge

// Messages with every kind of value that Thrift knows, written by Thrift's own protocols.
#pragma once

#include <cstdint>
#include <random>

#include "core/bytes.h"
#include "wire/encoding.h"

namespace henge::wire {

struct MessageShape {
  int depthMax = 4;
  std::uint64_t fieldsMax = 6;
  std::uint64_t elementsMax = 20;  // of one container; above 14 compact counts take a varint
  std::uint64_t stringBytesMax = 300;
};

// A call, without a length in front.
Bytes randomMessage(std::mt19937_64& random, Encoding encoding, const MessageShape& shape = {});

// Where Thrift's own reader ends that reads a message and skips all it holds; 0: it throws.
std::size_t endByThrift(BytesView bytes, Encoding encoding);

}  // namespace henge::wire

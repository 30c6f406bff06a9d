// Where RocksDB's manifest stops being whole: its records, read off the bytes. Pure.
#pragma once

#include <cstddef>

#include "core/bytes.h"

namespace henge::engine {

// The length of the beginning of `manifest` that consists of whole records with right checksums:
// all of it, or up to the first record that a power cut has torn. A kind of record that is not
// known here ends nothing: all of it. (RocksDB's log format: blocks of 32 KiB; records of masked
// CRC-32C, length, type, bytes.)
std::size_t wholeRecordsOf(BytesView manifest);

}  // namespace henge::engine

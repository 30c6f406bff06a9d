// The entries of a batch as they stand behind its header: plain, or compressed
// (docs/format/log.md). Pure.
#pragma once

#include "core/compression.h"
#include "server/storage/record_codec.h"
#include "server/storage/segment_format.h"

namespace henge::storage {

// Shorter payloads are not worth the attempt.
inline constexpr std::size_t packedBytesMin = 128;
// Longer ones are not compressed: what reads a log must reserve as much.
inline constexpr std::size_t unpackedBytesMax = 64ULL << 20;

// Compresses the payload of `batch`, whose header is still empty, if that makes it shorter. Returns
// what it is encoded by now, for the header. Precondition: the payload fits into a segment, so that
// no reader needs more memory for it than for the segment.
LogCompression pack(Bytes& batch, Compressor& compressor);

// The entries of a batch in a segment of `segmentBytes`; no more than that, nor than
// unpackedBytesMax, is reserved for them. Errors as decodeEntries().
Result<DecodedEntries> entriesOf(const Batch& batch, std::uint64_t segmentBytes);

}  // namespace henge::storage

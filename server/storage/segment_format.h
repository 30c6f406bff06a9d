// Headers, batches and trailers of log segments as bytes (docs/format/log.md). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "core/hint.h"
#include "core/ids.h"
#include "core/record.h"
#include "core/result.h"
#include "server/storage/storage_options.h"

namespace henge::storage {

inline constexpr std::uint32_t segmentFormat = 1;
inline constexpr std::size_t segmentHeaderBytes = 128;
inline constexpr std::size_t batchHeaderBytes = 72;
inline constexpr std::size_t trailerKeyBytesMax = 64;
// The whole trailer, batch header included, is never longer.
inline constexpr std::size_t trailerBytesMax = batchHeaderBytes + 72 + 2 * trailerKeyBytesMax;

// What a segment says of the one before it.
struct Predecessor {
  std::uint64_t id = 0;  // 0: none
  std::uint64_t end = 0;
  std::uint64_t checksum = 0;  // of its last batch
  friend bool operator==(const Predecessor&, const Predecessor&) = default;
};

struct SegmentHeader {
  SegmentOwner owner;
  LogCompression codec = LogCompression::none;  // of its batches, or they are plain
  bool recycled = false;
  std::uint64_t id = 0;
  Predecessor predecessor;
  LogPosition syncedTo;
  std::uint64_t checksum = 0;  // set by decoding
  friend bool operator==(const SegmentHeader&, const SegmentHeader&) = default;
};

Bytes encode(const SegmentHeader& header);
std::uint64_t checksumOfHeader(BytesView encoded);

// notFound: eight zero bytes where the magic should be: never written. mismatch: a newer format,
// named; unsupported: a codec of a newer version, named. corrupt: neither. The owner is the
// caller's to compare.
Result<SegmentHeader> decodeSegmentHeader(BytesView bytes);

enum class BatchKind : std::uint8_t { entries = 1, trailer = 2 };

struct BatchHeader {
  DirectoryId directory;
  LogPosition at;              // where it stands
  std::uint64_t previous = 0;  // checksum of the batch before, or of the header
  LogPosition syncedTo;
  std::uint32_t sequence = 0;
  std::uint32_t length = 0;  // set by sealing
  std::uint32_t count = 0;
  BatchKind kind = BatchKind::entries;
  LogCompression codec = LogCompression::none;
  std::uint64_t checksum = 0;  // set by sealing
  friend bool operator==(const BatchHeader&, const BatchHeader&) = default;
};

// Fills the first batchHeaderBytes of `batch`, which the caller left free in front of the payload,
// and returns the checksum.
std::uint64_t seal(Bytes& batch, const BatchHeader& header);

struct Batch {
  BatchHeader header;
  BytesView payload;
};

// The batch at `at.offset` of the segment's bytes, if one that is valid by itself stands there. It
// may still be of a kind or codec that this version does not know: checkKnown().
std::optional<Batch> batchAt(BytesView segment, DirectoryId directory, LogPosition at);
Status checkKnown(const BatchHeader& header);  // unsupported, named

// What the header of a batch that is in its place, and else broken, says was synced before it: no
// more than what stands before it. Whoever lost the batch before to the same fault has this left.
std::optional<LogPosition> claimAt(BytesView segment, DirectoryId directory, LogPosition at);

// Whether at `at.offset`, behind the batch with the checksum `previous`, stands the beginning of a
// batch of this life of the segment, valid or not. Either of two fields 16 bytes apart proves it,
// so that no damage to one of them hides the batch.
bool bearsThisLife(BytesView segment, LogPosition at, std::uint64_t previous);

// What a segment holds, gathered while it is written.
struct SegmentSummary {
  std::uint64_t entries = 0;
  Version leastVersion;
  Version greatestVersion;
  Bytes leastKey;  // cut to trailerKeyBytesMax
  Bytes greatestKey;

  void add(const Record& record);
  void add(const HintEntry& entry);  // a hint counts like its record, others bound nothing
  bool isBounded() const;            // by some record
  friend bool operator==(const SegmentSummary&, const SegmentSummary&) = default;
};

struct SegmentTrailer {
  std::uint64_t end = 0;
  std::uint64_t checksum = 0;  // of the batch before
  std::uint64_t footer = 0;
  SegmentSummary summary;
  friend bool operator==(const SegmentTrailer&, const SegmentTrailer&) = default;
};

// The payload of a trailer batch. `end` is known beforehand: trailerPayloadBytes().
void append(Bytes& out, const SegmentTrailer& trailer);
std::size_t trailerPayloadBytes(const SegmentSummary& summary);
Result<SegmentTrailer> decodeTrailer(BytesView payload);

}  // namespace henge::storage

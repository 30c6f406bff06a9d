// What the bytes of one segment hold and how they end (docs/format/log.md, "Reading a segment").
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "server/storage/segment_format.h"

namespace henge::storage {

enum class SegmentEnd {
  unused,   // nothing of it counts: never written, or its first write never became durable
  clean,    // what follows the last batch was never written
  ended,    // by a trailer
  torn,     // by a write that did not become durable, and that nobody was told of
  damaged,  // what was known to be on disk is not there
};

struct SegmentContent {
  SegmentEnd end = SegmentEnd::unused;
  std::vector<Batch> batches;   // those with entries, in order; damaged: also the good ones behind
  std::uint64_t endOffset = 0;  // where the unbroken run from the header on ends
  std::uint64_t lastChecksum = 0;  // of the run's last batch; 0: none
  std::uint64_t tornBytes = 0;
  std::optional<SegmentTrailer> trailer;  // if one can be read, behind damage too
  std::string reason;                     // damaged: what is wrong, for people

  std::uint64_t entries() const;  // in the batches
};

// Which segment a file must be.
struct SegmentPlace {
  SegmentOwner owner;
  std::uint64_t id = 0;
  // Segments up to this one the store has whole: their files may have been used again. A file that
  // holds any other segment than its own has been renamed, swapped or copied over.
  std::uint64_t usedAgainMax = 0;
};

// `bytes`: the whole file; the content's views point into it. `successor`: the header of the next
// segment, if that one is in use. mismatch: another owner's segment or a newer format, named;
// unsupported: a codec or kind of batch of a newer version, named.
Result<SegmentContent> readSegment(BytesView bytes, const SegmentPlace& place,
                                   const std::optional<SegmentHeader>& successor);

// The header of segment `id`, or nullopt if it is not in use (or cannot be read).
std::optional<SegmentHeader> headerInUse(BytesView bytes, const SegmentOwner& owner,
                                         std::uint64_t id);

}  // namespace henge::storage

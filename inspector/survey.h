// What a stopped node's log and store hold, and what its next start would make of them – without
// doing it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/cluster.h"
#include "core/hint.h"
#include "core/log_view.h"
#include "core/record.h"
#include "inspector/stopped_node.h"
#include "server/storage/identity.h"
#include "server/storage/segment_format.h"

namespace henge::inspector {

// inStore: the store holds all of it already, the start would not read it. The others as
// storage::SegmentEnd.
enum class SegmentVerdict { inStore, unused, clean, ended, torn, damaged };

std::string_view nameOf(SegmentVerdict verdict);

struct SegmentSight {
  std::uint64_t id = 0;
  std::uint64_t fileBytes = 0;
  SegmentVerdict verdict = SegmentVerdict::unused;
  std::uint64_t end = 0;  // offset where what can be trusted ends
  std::uint64_t batches = 0;
  std::uint64_t records = 0;
  std::uint64_t hints = 0;  // entries about hints, which are no records
  std::uint64_t tornBytes = 0;
  std::optional<KeyBounds> keys;  // of the records that can be read; not cut
  Version greatest;               // of theirs
};

// A record, where it stands in the log.
struct LogEntry {
  LogPosition batch;
  std::uint32_t sequence = 0;  // of the batch in its segment
  Record record;
};

// What one segment gave. Entries of a damaged segment are those that can be read.
struct SegmentReading {
  SegmentSight sight;
  std::vector<LogEntry> entries;
  std::vector<HintEntry> hints;          // in log order
  std::optional<std::string> undecoded;  // why entries are missing though their batch is whole
};

class SegmentSink {
 public:
  // Each segment, ascending. False: no further one is wanted.
  virtual bool onSegment(const SegmentReading& reading) = 0;

 protected:
  ~SegmentSink() = default;
};

struct Survey {
  storage::Identity identity;
  Partitioner partitioner = Partitioner::bytes;  // as the store's keys are ordered
  LogPosition applied;                           // of the store, persisted
  std::string storeTrouble;                      // why it cannot be read; empty: it can
  std::vector<SegmentSight> segments;            // ascending by id
  std::uint64_t spares = 0;

  // What a start would do.
  std::uint64_t replayedSegments = 0;
  std::uint64_t replayedRecords = 0;
  std::uint64_t replayedBytes = 0;  // of batches, headers included
  std::uint64_t tornBytes = 0;
  LogPosition cutAt;
  std::vector<LogDamage> damage;  // it would find
  std::vector<std::string> setAside;
  std::string refusal;  // why it would not start at all; empty: it would
  LogPosition end;      // the log goes on behind it

  std::vector<LogDamage> unaccepted;  // found by earlier starts, not accepted by an operator

  // Do store and log agree? (docs/testing.md, I15)
  std::uint64_t lookedUp = 0;  // records that the store must hold, or something newer
  std::uint64_t rows = 0;      // in the store, each read whole
  static constexpr std::size_t contradictionsMax = 20;  // kept; all are counted
  std::vector<std::string> contradictions;
  std::uint64_t contradictionCount = 0;

  // Nothing that was acknowledged is or would be lost.
  bool clean() const {
    return storeTrouble.empty() && refusal.empty() && damage.empty() && unaccepted.empty() &&
           contradictionCount == 0;
  }
};

// The identity, the positions and the notes; errors: the directory is none of a node's.
Result<Survey> beginSurvey(StoppedNode& node);

// Reads the segments one after the other and gives each to `sink`; what a start would do stands in
// the survey if all were wanted. At most one segment's bytes are held.
Status readSegments(StoppedNode& node, Survey& survey, SegmentSink& sink);

// All of it: the segments, and whether the store holds what its position says it does.
Result<Survey> surveyAll(StoppedNode& node);

}  // namespace henge::inspector

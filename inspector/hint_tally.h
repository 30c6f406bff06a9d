// What a stopped node keeps for others: the hints of its store, and what its log says behind it.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/hint.h"
#include "inspector/survey.h"

namespace henge::inspector {

// For one target.
struct KeptHints {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  WallTime oldest;      // when it was kept
  WallTime lastExpiry;  // from then on none is delivered any more
};

// Give it each segment, then count(). Holds what the log behind the store says of each hint,
// without the records. Thread: one at a time.
class HintTally final : public SegmentSink {
 public:
  bool onSegment(const SegmentReading& reading) override;
  // Error: the store cannot be read. A node without a store has what its log says.
  Status count(StoppedNode& node);

  const std::map<NodeId, KeptHints>& kept() const { return kept_; }
  const std::vector<RepairMark>& marks() const { return marks_; }  // ascending by target, range
  // What is wrong with rows of the store that mean nothing, and so are not counted.
  const std::vector<std::string>& broken() const { return broken_; }

 private:
  struct Seen {
    std::uint64_t bytes = 0;
    WallTime keptAt;
    WallTime expiresAt;
  };

  void add(NodeId target, const Seen& hint);
  void addBroken(BytesView key, const Error& error);
  Status countHints(StoppedNode& node);
  Status countMarks(StoppedNode& node);

  std::map<HintId, std::optional<Seen>> logged_;  // the last word; nullopt: it has ended
  std::map<Bytes, RepairMark> loggedMarks_;       // by store key; the last word
  std::map<NodeId, KeptHints> kept_;
  std::vector<RepairMark> marks_;
  std::vector<std::string> broken_;  // the first of them
};

}  // namespace henge::inspector

// Ranges of the ring of which a node may lack writes that no hint will bring.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "core/hint.h"
#include "core/ring.h"
#include "server/ports/hints.h"

namespace henge::handoff {

// One for a target and range, however many writes; so there are at most as many as the ring has
// ranges, times its replicas. What the log had no room for is kept in memory and said again.
// Thread: its loop only. The store outlives it.
class RepairMarks {
 public:
  explicit RepairMarks(ports::HintStore& store) : store_(store) {}

  void found(RepairMark mark);  // at the start
  // `target` may lack something in `range`. What is known already is not said again.
  void mark(NodeId target, const RingRange& range, WallTime now);
  void save();  // what is not on its way to disk
  bool allSaved() const { return unsaved_.empty(); }

  std::size_t count() const { return marks_.size(); }
  std::uint64_t countOf(NodeId target) const;
  std::vector<RepairMark> first(std::size_t max) const;

 private:
  using Key = std::pair<NodeId, Bytes>;  // target, the range's first position

  ports::HintStore& store_;
  std::map<Key, RepairMark> marks_;
  std::set<Key> unsaved_;
};

}  // namespace henge::handoff

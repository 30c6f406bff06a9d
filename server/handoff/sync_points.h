// Who waits until everything that is hinted now has been delivered.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/hint_view.h"
#include "core/time.h"

namespace henge::handoff {

// Each point counts down the hints that were there when it was counted: those whose number is not
// above the last one given then. That is when it is set, or once it is known what is there.
// Thread: its loop only.
class SyncPoints {
 public:
  struct Reached {
    OpId op;
    std::optional<HintSync> sync;  // none: it was not counted
  };

  void set(OpId op, MonoTime deadline);  // precondition: no point of this `op`
  // Those that are not yet. `counts`: what is kept now, by target.
  void count(std::uint64_t lastNumber, const std::map<NodeId, std::uint64_t>& counts);
  void onEnded(HintId id, HintEnd end);

  // Takes out those that have nothing to wait for any more, and those whose deadline has passed;
  // `all`: whatever they wait for.
  std::vector<Reached> takeReached(MonoTime now, bool all = false);
  std::size_t size() const { return points_.size(); }
  MonoTime nextDeadline() const;  // precondition: there are points

 private:
  struct Point {
    MonoTime deadline;
    std::uint64_t lastNumber = 0;
    std::map<NodeId, std::uint64_t> left;
    std::optional<HintSync> sync;
  };

  std::map<OpId, Point> points_;
};

}  // namespace henge::handoff

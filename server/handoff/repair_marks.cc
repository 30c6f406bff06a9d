#include "server/handoff/repair_marks.h"

#include <algorithm>

namespace henge::handoff {

void RepairMarks::found(RepairMark mark) {
  Key key{mark.target, mark.first};
  marks_.insert_or_assign(std::move(key), std::move(mark));
}

void RepairMarks::mark(NodeId target, const RingRange& range, WallTime now) {
  const Key key{target, range.first};
  const bool isNew =
      marks_.try_emplace(key, RepairMark{target, range.first, range.end, now}).second;
  if (!isNew) return;
  unsaved_.insert(key);
  save();
}

void RepairMarks::save() {
  while (!unsaved_.empty() && store_.appendHint(marks_.at(*unsaved_.begin())))
    unsaved_.erase(unsaved_.begin());
}

std::uint64_t RepairMarks::countOf(NodeId target) const {
  const auto from = marks_.lower_bound({target, ""});
  const auto to = std::find_if(from, marks_.end(),
                               [target](const auto& mark) { return mark.first.first != target; });
  return static_cast<std::uint64_t>(std::distance(from, to));
}

std::vector<RepairMark> RepairMarks::first(std::size_t max) const {
  std::vector<RepairMark> out;
  for (const auto& [key, mark] : marks_) {
    if (out.size() == max) break;
    out.push_back(mark);
  }
  return out;
}

}  // namespace henge::handoff

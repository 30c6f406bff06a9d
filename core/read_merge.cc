#include "core/read_merge.h"

#include <algorithm>
#include <cassert>

namespace henge {

void ReadMerge::add(NodeId node, std::optional<Record> held) {
  assert(std::none_of(answers_.begin(), answers_.end(),
                      [&](const Answer& answer) { return answer.node == node; }));
  answers_.push_back({node, std::move(held)});
  const Record* added = answers_.back().held ? &*answers_.back().held : nullptr;
  if (added && (newest_ < 0 || isNewer(*added, *newest()))) newest_ = answers() - 1;
}

const Record* ReadMerge::newest() const {
  return newest_ < 0 ? nullptr : &*answers_[static_cast<std::size_t>(newest_)].held;
}

std::vector<NodeId> ReadMerge::stale() const { return nodesThat(false); }

std::vector<NodeId> ReadMerge::current() const { return nodesThat(true); }

std::vector<NodeId> ReadMerge::nodesThat(bool areCurrent) const {
  const Record* best = newest();
  std::vector<NodeId> nodes;
  for (const Answer& answer : answers_) {
    bool isCurrent = !best || (answer.held && !isNewer(*best, *answer.held));
    if (isCurrent == areCurrent) nodes.push_back(answer.node);
  }
  return nodes;
}

}  // namespace henge

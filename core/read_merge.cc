#include "core/read_merge.h"

#include <algorithm>
#include <cassert>

namespace henge {

void ReadMerge::add(NodeId node, std::optional<HeldRecord> held) {
  assert(std::none_of(answers_.begin(), answers_.end(),
                      [&](const Answer& answer) { return answer.node == node; }));
  answers_.push_back({node, std::move(held)});
}

void ReadMerge::replace(NodeId node, HeldRecord held) { answerOf(node).held = std::move(held); }

void ReadMerge::forget(NodeId node) {
  answers_.erase(answers_.begin() + (&answerOf(node) - answers_.data()));
}

ReadMerge::Answer& ReadMerge::answerOf(NodeId node) {
  const auto found = std::find_if(answers_.begin(), answers_.end(),
                                  [&](const Answer& answer) { return answer.node == node; });
  assert(found != answers_.end());
  return *found;
}

int ReadMerge::versions() const {
  std::vector<Version> seen;
  for (const Answer& answer : answers_) {
    if (answer.held) seen.push_back(answer.held->record.version);
  }
  std::sort(seen.begin(), seen.end());
  return static_cast<int>(std::unique(seen.begin(), seen.end()) - seen.begin());
}

std::vector<const ReadMerge::Answer*> ReadMerge::leaders() const {
  std::vector<const Answer*> leaders;
  for (const Answer& answer : answers_) {
    if (!answer.held) continue;
    const auto order = leaders.empty()
                           ? std::strong_ordering::greater
                           : newnessOfHeads(answer.held->record, leaders.front()->held->record);
    if (order > 0) leaders.clear();
    if (order >= 0) leaders.push_back(&answer);
  }
  return leaders;
}

std::vector<NodeId> ReadMerge::lacking() const {
  const std::vector<const Answer*> all = leaders();
  std::vector<NodeId> nodes;
  std::vector<std::uint64_t> seen;  // digests; of a value that is here, or is to be fetched
  for (const bool haveValue : {true, false}) {
    for (const Answer* answer : all) {
      const std::uint64_t digest = answer->held->digest;
      if (answer->held->hasValue != haveValue) continue;
      if (std::find(seen.begin(), seen.end(), digest) != seen.end()) continue;
      seen.push_back(digest);
      if (!haveValue) nodes.push_back(answer->node);
    }
  }
  return nodes;
}

const ReadMerge::Answer* ReadMerge::best() const {
  assert(lacking().empty());
  const Answer* best = nullptr;
  for (const Answer* answer : leaders()) {
    if (!answer->held->hasValue) continue;
    if (best == nullptr || isNewer(answer->held->record, best->held->record)) best = answer;
  }
  return best;
}

const Record* ReadMerge::newest() const {
  const Answer* answer = best();
  return answer == nullptr ? nullptr : &answer->held->record;
}

std::vector<NodeId> ReadMerge::stale() const { return nodesThat(false); }

std::vector<NodeId> ReadMerge::current() const { return nodesThat(true); }

std::vector<NodeId> ReadMerge::nodesThat(bool areCurrent) const {
  const Answer* best = this->best();
  const auto holdsBest = [best](const Answer& answer) {
    if (best == nullptr) return true;
    return answer.held && answer.held->digest == best->held->digest &&
           newnessOfHeads(answer.held->record, best->held->record) == 0;
  };
  std::vector<NodeId> nodes;
  for (const Answer& answer : answers_) {
    if (holdsBest(answer) == areCurrent) nodes.push_back(answer.node);
  }
  return nodes;
}

}  // namespace henge

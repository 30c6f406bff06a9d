#include "tests/sim/check/linear.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <unordered_set>

namespace henge::sim {

namespace {

// The state after the operation; nullopt: it cannot be done here.
std::optional<std::uint64_t> after(std::uint64_t state, const RegisterOp& op) {
  switch (op.kind) {
    case OpKind::put:
      return op.value;
    case OpKind::get:
      return op.value == state ? std::optional(state) : std::nullopt;
    case OpKind::cas:
      break;
  }
  // Done without effect an unknown one is the same as never done: that is tried anyway.
  if (op.unknown || op.swapped) {
    return state == op.expected ? std::optional(op.next) : std::nullopt;
  }
  return state != op.expected ? std::optional(state) : std::nullopt;
}

struct Configuration {
  std::vector<std::uint64_t> done;  // one bit an operation
  std::uint64_t state;
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

struct ConfigurationHash {
  std::size_t operator()(const Configuration& of) const {
    std::uint64_t mixed = of.state;
    for (const std::uint64_t word : of.done) {
      mixed = (mixed ^ word) * 0x9e3779b97f4a7c15ULL;
      mixed ^= mixed >> 29;
    }
    return static_cast<std::size_t>(mixed);
  }
};

class Search {
 public:
  Search(const std::vector<RegisterOp>& history, const LinearOptions& options);
  LinearAnswer run();

 private:
  struct Entry {  // of the list of what is not done yet, in the order of time
    std::size_t op = 0;
    bool isCall = false;
    std::size_t answer = 0;  // of a call: its answer's entry; 0 = it has none
    std::size_t before = 0;
    std::size_t next = 0;
  };
  struct Done {
    std::size_t call;
    std::uint64_t stateBefore;
  };

  void addCallsAndAnswers(const std::vector<RegisterOp>& history);
  bool tryCall(std::size_t at);
  bool undoLast();
  void keepIfLongest(std::size_t stuckAt);
  std::vector<std::uint64_t> order() const;

  void unlink(std::size_t at);
  void relink(std::size_t at);
  void flip(std::size_t op) { current_.done[op / 64] ^= std::uint64_t{1} << (op % 64); }
  const RegisterOp& opOf(std::size_t at) const { return ops_[entries_[at].op]; }

  std::vector<RegisterOp> ops_;  // without the gets that were not answered
  std::size_t stepsMax_;
  std::vector<Entry> entries_;  // the first stands for both ends of the list
  std::size_t at_ = 0;
  std::size_t owed_ = 0;  // answered operations that are not done yet
  Configuration current_;
  std::vector<Done> done_;
  std::unordered_set<Configuration, ConfigurationHash> seen_;
  LinearAnswer answer_;
};

Search::Search(const std::vector<RegisterOp>& history, const LinearOptions& options)
    : stepsMax_(options.stepsMax) {
  for (const RegisterOp& op : history) {
    assert(op.span().begin <= op.span().end);
    if (op.kind == OpKind::get && op.unknown) continue;
    if (!op.unknown) ++owed_;
    ops_.push_back(op);
  }
  current_ = {std::vector<std::uint64_t>(ops_.size() / 64 + 1), options.initial};
  addCallsAndAnswers(ops_);
}

// At equal times calls come before answers: the operations are concurrent.
void Search::addCallsAndAnswers(const std::vector<RegisterOp>& history) {
  struct Moment {
    MonoTime time;
    bool isAnswer;
    std::size_t op;
    auto operator<=>(const Moment&) const = default;
  };
  std::vector<Moment> moments;
  for (std::size_t op = 0; op < history.size(); ++op) {
    moments.push_back({history[op].time.begin, false, op});
    if (!history[op].unknown) moments.push_back({history[op].time.end, true, op});
  }
  std::sort(moments.begin(), moments.end());
  entries_.resize(1);
  std::vector<std::size_t> calls(history.size());
  for (const Moment& moment : moments) {
    const std::size_t at = entries_.size();
    entries_.push_back({moment.op, !moment.isAnswer, 0, at - 1, 0});
    entries_[at - 1].next = at;
    if (moment.isAnswer) entries_[calls[moment.op]].answer = at;
    calls[moment.op] = moment.isAnswer ? calls[moment.op] : at;
  }
  entries_.front().before = entries_.size() - 1;
}

void Search::unlink(std::size_t at) {
  entries_[entries_[at].before].next = entries_[at].next;
  entries_[entries_[at].next].before = entries_[at].before;
}

// Undoes the latest unlink() that was not undone: its neighbours are as they were then.
void Search::relink(std::size_t at) {
  entries_[entries_[at].before].next = at;
  entries_[entries_[at].next].before = at;
}

// Each round tries the call at hand, or goes back because an answer stands in front of all that
// could still be tried.
LinearAnswer Search::run() {
  at_ = entries_.front().next;
  while (owed_ > 0) {
    assert(at_ != 0);  // the answer of an owed operation is still in the list
    if (!entries_[at_].isCall) {
      keepIfLongest(at_);
      if (undoLast()) continue;
      answer_.linearity = Linearity::contradictory;
      return answer_;
    }
    if (answer_.steps == stepsMax_) return answer_;
    ++answer_.steps;
    at_ = tryCall(at_) ? entries_.front().next : entries_[at_].next;
  }
  answer_.linearity = Linearity::linearizable;
  answer_.order = order();
  answer_.stuckAt.reset();
  return answer_;
}

bool Search::tryCall(std::size_t at) {
  const std::uint64_t stateBefore = current_.state;
  const std::optional<std::uint64_t> state = after(stateBefore, opOf(at));
  if (!state) return false;
  current_.state = *state;
  flip(entries_[at].op);
  if (!seen_.insert(current_).second) {
    current_.state = stateBefore;
    flip(entries_[at].op);
    return false;
  }
  done_.push_back({at, stateBefore});
  unlink(at);
  if (entries_[at].answer == 0) return true;
  unlink(entries_[at].answer);
  --owed_;
  return true;
}

// False: there is nothing left to undo.
bool Search::undoLast() {
  if (done_.empty()) return false;
  const Done last = done_.back();
  done_.pop_back();
  current_.state = last.stateBefore;
  flip(entries_[last.call].op);
  if (entries_[last.call].answer != 0) {
    relink(entries_[last.call].answer);
    ++owed_;
  }
  relink(last.call);
  at_ = entries_[last.call].next;
  return true;
}

void Search::keepIfLongest(std::size_t stuckAt) {
  if (answer_.stuckAt && done_.size() <= answer_.order.size()) return;
  answer_.order = order();
  answer_.stuckAt = opOf(stuckAt).id;
}

std::vector<std::uint64_t> Search::order() const {
  std::vector<std::uint64_t> ids;
  for (const Done& done : done_) ids.push_back(opOf(done.call).id);
  return ids;
}

}  // namespace

LinearAnswer checkLinear(const std::vector<RegisterOp>& history, const LinearOptions& options) {
  return Search(history, options).run();
}

}  // namespace henge::sim

// Whatever nodes, connections and time do: what the driver promises of every request.
#include <gtest/gtest.h>
#include <map>
#include <rapidcheck/gtest.h>
#include <set>
#include <string>

#include "tests/sim/chance.h"
#include "tests/unit/client_library/stage.h"

namespace henge::library {
namespace {

constexpr std::uint64_t reserve = 5;

// All that nodes have seen of one write.
struct Seen {
  std::set<Version> versions;
  int deliveries = 0;
  int refusals = 0;  // clear ones
  bool isApplied = false;
};

// A stage on which things happen by chance. A write's value is its number, so nodes know it again.
class Storm {
 public:
  explicit Storm(sim::Chance chance) : chance_(std::move(chance)) {}

  void step() {
    const std::uint64_t what = chance_.below(100);
    if (what < 30) {
      ask();
    } else if (what < 60) {
      answer(node());
    } else if (what < 65) {
      cut(node());
    } else if (what < 80) {
      meetDial(node());
    } else {
      stage_.wait(1_ms * static_cast<std::int64_t>(1 + chance_.below(150)));
    }
    look();
  }

  void calmDown() {
    stage_.wait(4_s);
    look();
  }

  void check() const {
    RC_ASSERT(stage_.puts.size() == writes_.size());
    RC_ASSERT(stage_.gets.size() == gets_);
    for (const auto& [op, ask] : writes_) check(stage_.puts.at(op), ask, seenOf(op));
    const ClientCounters counters = stage_.driver.counters();
    RC_ASSERT(counters.resends <= reserve + counters.requests / 10 + 1);
  }

 private:
  std::uint32_t node() { return static_cast<std::uint32_t>(1 + chance_.below(4)); }

  Seen seenOf(OpId op) const {
    const auto found = seen_.find(std::to_string(op.value));
    return found == seen_.end() ? Seen() : found->second;
  }

  static void check(const PutResult& result, const Ask& ask, const Seen& seen) {
    RC_ASSERT(seen.versions.size() <= 1);
    RC_ASSERT(result.ok() == !result.failure);
    if (ask.retry == Retry::never) RC_ASSERT(seen.deliveries <= 1);
    if (result.outcome == Outcome::applied) {
      RC_ASSERT(seen.isApplied);
      RC_ASSERT(seen.versions == std::set<Version>{result.version});
    }
    if (result.outcome == Outcome::surelyNotApplied) RC_ASSERT(seen.refusals == seen.deliveries);
  }

  void ask() {
    Ask ask = chance_.percent(33) ? Stage::getOf("k") : Stage::putOf("k", "");
    ask.value = std::to_string(stage_.lastOp + 1);
    ask.deadline = stage_.loop.now() + 1_ms * static_cast<std::int64_t>(50 + chance_.below(3000));
    if (chance_.percent(25)) ask.retry = Retry::never;
    const OpId op{stage_.lastOp + 1};
    ask.isWrite() ? (void)writes_.emplace(op, ask) : (void)++gets_;
    (void)stage_.ask(std::move(ask));
  }

  // Every write that a node has been handed since the last look.
  void look() {
    for (const auto& [n, node] : stage_.nodes) {
      for (const auto& put : node->service.puts) {
        if (!known_.emplace(n, put.op.value).second) continue;
        Seen& seen = seen_[put.request.value];
        ++seen.deliveries;
        seen.versions.insert(*put.request.version);
      }
    }
  }

  void answer(std::uint32_t n) {
    FakeNode& node = *stage_.nodes.at(n);
    if (!node.service.gets.empty()) {
      const auto get = node.service.gets.front();
      node.service.gets.pop_front();
      node.service.answer(get, wire::FakeClientService::found("k", "v"));
    }
    if (!node.service.puts.empty()) {
      const auto put = node.service.puts.front();
      node.service.puts.pop_front();
      node.service.answer(put, answerTo(seen_[put.request.value], *put.request.version));
    }
    stage_.settle();
  }

  PutAnswer answerTo(Seen& seen, Version version) {
    PutAnswer answer = wire::FakeClientService::applied();
    answer.version = version;
    const std::uint64_t what = chance_.below(6);
    if (what < 2) {
      seen.isApplied = true;
      return answer;
    }
    const RequestErrorKind kinds[] = {RequestErrorKind::unavailable, RequestErrorKind::overloaded,
                                      RequestErrorKind::rebuilding, RequestErrorKind::timeout};
    answer.error.emplace().kind = kinds[what - 2];
    answer.error->retryAfterMs = 50;
    const bool isOpen = kinds[what - 2] == RequestErrorKind::timeout;
    answer.outcome = isOpen ? Outcome::unknown : Outcome::surelyNotApplied;
    if (!isOpen) ++seen.refusals;
    return answer;
  }

  void cut(std::uint32_t n) {
    FakeNode& node = *stage_.nodes.at(n);
    if (!node.isConnected()) return;
    node.service.puts.clear();
    node.service.gets.clear();
    node.reset();
    stage_.settle();
  }

  void meetDial(std::uint32_t n) {
    if (!stage_.network.isDialled(stage_.nodes.at(n)->address())) return;
    chance_.percent(25) ? stage_.refuse(n) : stage_.accept(n);
  }

  sim::Chance chance_;
  Stage stage_{{1, 2}, reserve};
  std::map<OpId, Ask> writes_;
  std::size_t gets_ = 0;
  std::map<Bytes, Seen> seen_;                               // by value
  std::set<std::pair<std::uint32_t, std::uint64_t>> known_;  // node, its operation
};

RC_GTEST_PROP(DriverProperty, everyRequestEndsOnceAndItsOutcomeIsTrue, ()) {
  Storm storm{sim::Chance(*rc::gen::arbitrary<std::uint64_t>())};
  for (int i = 0; i < 150; ++i) storm.step();
  storm.calmDown();
  storm.check();
}

}  // namespace
}  // namespace henge::library

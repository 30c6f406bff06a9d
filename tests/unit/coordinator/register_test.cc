// Random interleavings of whole operations over replicas that refuse, fail, and lose messages, held
// against what a register promises. One seed is one run.
#include <gtest/gtest.h>
#include <random>

#include "tests/unit/coordinator/stage.h"

namespace henge::coordinator {
namespace {

constexpr int quorum = 2;

// Three replicas of one key that never forget, and messages that take any time or are lost.
class World {
 public:
  explicit World(std::uint64_t seed) : chance_(seed) {
    for (std::uint32_t node = 1; node <= 3; ++node) {
      stages_.push_back(std::make_unique<Stage>(NodeId{node}));
      seen_.push_back(0);
    }
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    for (auto& stage : stages_) stage->loop.runFor(10_s);
    look();
    checkEnd();
  }

 private:
  struct Write {
    std::size_t stage;
    OpId op;
    bool answered = false;
  };
  struct Read {
    std::size_t stage;
    OpId op;
    Version floor;  // what had been acknowledged or returned before it began
    bool answered = false;
  };
  struct Message {
    std::size_t stage;
    std::size_t index;  // in that stage's sent
  };

  std::uint64_t below(std::uint64_t n) { return chance_() % n; }

  void step() {
    const std::uint64_t what = below(100);
    if (what < 8) return begin();
    if (what < 70) return deliver();
    if (what < 74) return flip();
    if (what < 76) return repeat();
    // All clocks run, at different speeds: stamps of different nodes cross each other.
    for (auto& stage : stages_) {
      stage->loop.runFor(Duration{static_cast<std::int64_t>(below(20'000))});
    }
    look();
  }

  void begin() {
    const std::size_t at = below(stages_.size());
    Stage& stage = *stages_[at];
    const Duration in{static_cast<std::int64_t>(1 + below(300'000))};
    if (below(2) == 0) {
      const Bytes value = "value " + std::to_string(++values_);
      const Consistency level = below(3) == 0 ? Consistency::one : Consistency::quorum;
      writes_.push_back({at, stage.put(stage.putOf(value, level), in)});
    } else {
      reads_.push_back({at, stage.get(stage.getOf(), in), floor_});
    }
    collect(at);
    look();
  }

  void collect(std::size_t at) {
    for (; seen_[at] < stages_[at]->peers.sent.size(); ++seen_[at]) {
      inFlight_.push_back({at, seen_[at]});
    }
  }

  // One message, picked at random, meets its replica; its answer may be lost.
  void deliver() {
    if (inFlight_.empty()) return;
    const std::size_t pick = below(inFlight_.size());
    const Message message = inFlight_[pick];
    inFlight_.erase(inFlight_.begin() + static_cast<std::ptrdiff_t>(pick));
    const Sent sent = stages_[message.stage]->peers.sent[message.index];
    if (const ApplyRequest* apply = sent.apply()) {
      ApplyReply reply = applyAt(sent.to, *apply);
      if (below(20) != 0) sent.sink->onApplied(sent.op, sent.to, std::move(reply));
    } else {
      FetchReply reply = fetchAt(sent.to, sent.fetch()->withValue);
      if (below(20) != 0) sent.sink->onFetched(sent.op, sent.to, std::move(reply));
    }
    collect(message.stage);
    look();
  }

  ApplyReply applyAt(NodeId node, const ApplyRequest& request) {
    ApplyReply reply;
    switch (below(16)) {
      case 0:
        return refused(Refusal::overloaded);
      case 1:
        return unreachable(false);
      case 2:
        return unreachable(true);
      case 3:
        reply.outcome = ApplyOutcome::rebuilding;
        return reply;
      case 4:
        reply.outcome = ApplyOutcome::failed;
        break;
      case 5:
        reply = unreachable(true);
        break;
      default:
        reply.outcome = ApplyOutcome::applied;
    }
    std::optional<Record>& held = replicas_[node];
    if (!held || isNewer(request.record, *held)) {
      held = request.record;
      taken_.insert(request.record.value);
      takenVersions_.insert(request.record.version);
    } else if (reply.outcome == ApplyOutcome::applied && !(request.record == *held)) {
      return superseded(held->version);
    }
    return reply;
  }

  // A value that was not asked for comes along, or does not: it is small, or large.
  FetchReply fetchAt(NodeId node, bool withValue) {
    FetchReply reply;
    switch (below(16)) {
      case 0:
        reply.outcome = FetchOutcome::refused;
        return reply;
      case 1:
        return reply;  // unreachable
      case 2:
        reply.outcome = FetchOutcome::rebuilding;
        return reply;
      default:
        break;
    }
    const std::optional<Record>& record = replicas_[node];
    if (!record) return absent();
    reply = held(*record);
    if (!withValue && !record->isTombstone() && below(2) == 0) {
      reply.hasValue = false;
      reply.record.value.clear();
    }
    return reply;
  }

  void repeat() {
    Stage& stage = *stages_[below(stages_.size())];
    if (stage.peers.sent.empty()) return;
    const Sent sent = stage.peers.sent[below(stage.peers.sent.size())];
    const auto replica = replicas_.find(sent.to);
    if (sent.apply() != nullptr || replica == replicas_.end() || !replica->second) return;
    sent.sink->onFetched(sent.op, sent.to, held(*replica->second));
    for (std::size_t at = 0; at < stages_.size(); ++at) collect(at);
    look();
  }

  void flip() {
    const NodeId node{static_cast<std::uint32_t>(1 + below(3))};
    stages_[below(stages_.size())]->membership.up.set(
        node, below(3) == 0 ? Liveness::down : Liveness::up);
  }

  int holdersOf(const Record& record) {
    int holders = 0;
    for (auto& [node, held] : replicas_) holders += held && !isNewer(record, *held) ? 1 : 0;
    return holders;
  }

  int holdersOf(Version version) {
    int holders = 0;
    for (auto& [node, held] : replicas_) holders += held && held->version >= version ? 1 : 0;
    return holders;
  }

  // Looks at what clients were told since the last look.
  void look() {
    for (Write& write : writes_) {
      const auto& answers = stages_[write.stage]->client.puts;
      if (write.answered || !answers.contains(write.op)) continue;
      write.answered = true;
      const PutAnswer& answer = answers.at(write.op).front();
      if (answer.outcome != Outcome::applied) continue;
      ++applied_;
      EXPECT_GE(holdersOf(answer.version), answer.needed);
      EXPECT_GE(answer.acknowledged, answer.needed);
      if (answer.needed >= quorum) floor_ = std::max(floor_, answer.version);
    }
    for (Read& read : reads_) {
      const auto& answers = stages_[read.stage]->client.gets;
      if (read.answered || !answers.contains(read.op)) continue;
      read.answered = true;
      const GetAnswer& answer = answers.at(read.op).front();
      if (answer.error) continue;
      ++answered_;
      const Version got = answer.record ? answer.record->version : Version{};
      EXPECT_GE(got, read.floor) << "less than was known before it began";
      if (!answer.record) continue;
      EXPECT_GE(holdersOf(*answer.record), quorum);
      EXPECT_TRUE(taken_.contains(answer.record->value));
      floor_ = std::max(floor_, got);
    }
  }

  void checkEnd() {
    for (std::size_t at = 0; at < stages_.size(); ++at) {
      EXPECT_EQ(stages_[at]->coordinator.operations(), 0u);
    }
    // Whatever is still on its way arrives, long after its operation has ended.
    while (!inFlight_.empty()) deliver();
    for (const Write& write : writes_) {
      const auto& answers = stages_[write.stage]->client.puts.at(write.op);
      ASSERT_EQ(answers.size(), 1u);
      const PutAnswer& answer = answers.front();
      EXPECT_EQ(answer.error.has_value(), answer.outcome != Outcome::applied);
      if (answer.outcome != Outcome::surelyNotApplied) continue;
      ++surelyNot_;
      EXPECT_FALSE(takenVersions_.contains(answer.version));
    }
    for (const Read& read : reads_) {
      EXPECT_EQ(stages_[read.stage]->client.gets.at(read.op).size(), 1u);
    }
  }

  std::mt19937_64 chance_;
  std::vector<std::unique_ptr<Stage>> stages_;
  std::vector<std::size_t> seen_;
  std::map<NodeId, std::optional<Record>> replicas_;
  std::set<Bytes> taken_;  // what any replica ever took
  std::set<Version> takenVersions_;
  std::vector<Message> inFlight_;
  std::vector<Write> writes_;
  std::vector<Read> reads_;
  Version floor_;
  int values_ = 0;

 public:
  int applied_ = 0;
  int answered_ = 0;
  int surelyNot_ = 0;
};

TEST(Register, holdsUnderRandomFailures) {
  int applied = 0;
  int answered = 0;
  int surelyNot = 0;
  for (std::uint64_t seed = 1; seed <= 400 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    world.run(600);
    applied += world.applied_;
    answered += world.answered_;
    surelyNot += world.surelyNot_;
  }
  // The runs were worth something: each outcome came often.
  EXPECT_GT(applied, 1000);
  EXPECT_GT(answered, 1000);
  EXPECT_GT(surelyNot, 100);
}

}  // namespace
}  // namespace henge::coordinator

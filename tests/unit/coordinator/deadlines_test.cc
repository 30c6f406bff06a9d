#include "server/coordinator/deadlines.h"

#include <gtest/gtest.h>
#include <random>

#include "tests/kit/virtual_loop.h"

namespace henge::coordinator {
namespace {

// Counts what was asked of the timers.
class CountingTimers final : public ports::Timers {
 public:
  explicit CountingTimers(ports::Timers& timers) : timers_(timers) {}
  void wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) override {
    ++asked;
    timers_.wakeAt(when, sink, token);
  }
  void atRoundEnd(ports::TimerSink& sink, std::uint64_t token) override {
    timers_.atRoundEnd(sink, token);
  }
  int asked = 0;

 private:
  ports::Timers& timers_;
};

struct Waiter final : ports::TimerSink {
  void onTimer(std::uint64_t) override {
    for (const OpId op : deadlines.due(loop.now())) rung.emplace_back(loop.now(), op);
  }
  kit::VirtualLoop loop;
  CountingTimers timers{loop};
  Deadlines deadlines{timers, *this};
  std::vector<std::pair<MonoTime, OpId>> rung;
};

TEST(Deadlines, ringInOrderAndNeverAfterRemoval) {
  Waiter waiter;
  const MonoTime start = waiter.loop.now();
  waiter.deadlines.add(start + 30_ms, OpId{1});
  waiter.deadlines.add(start + 10_ms, OpId{2});
  waiter.deadlines.add(start + 20_ms, OpId{3});
  waiter.deadlines.add(start + 20_ms, OpId{4});
  waiter.deadlines.remove(start + 20_ms, OpId{3});
  waiter.loop.run();
  const std::vector<std::pair<MonoTime, OpId>> expected = {
      {start + 10_ms, OpId{2}}, {start + 20_ms, OpId{4}}, {start + 30_ms, OpId{1}}};
  EXPECT_EQ(waiter.rung, expected);
}

TEST(Deadlines, operationsThatEndEarlyCostNoTimer) {
  Waiter waiter;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    const MonoTime when = waiter.loop.now() + 2_s;
    waiter.deadlines.add(when, OpId{i});
    waiter.deadlines.remove(when, OpId{i});
    waiter.loop.runFor(1_ms);
  }
  EXPECT_LE(waiter.timers.asked, 2);
  EXPECT_TRUE(waiter.rung.empty());
}

TEST(Deadlines, ringOnTimeWhateverComesAndGoes) {
  std::mt19937_64 chance(7);
  Waiter waiter;
  std::set<std::pair<MonoTime, OpId>> twin;
  for (std::uint64_t i = 1; i <= 2000; ++i) {
    const MonoTime when = waiter.loop.now() + Duration{static_cast<std::int64_t>(chance() % 5000)};
    waiter.deadlines.add(when, OpId{i});
    twin.emplace(when, OpId{i});
    if (chance() % 3 == 0 && twin.rbegin()->first > waiter.loop.now()) {
      waiter.deadlines.remove(twin.rbegin()->first, twin.rbegin()->second);
      twin.erase(std::prev(twin.end()));
    }
    waiter.loop.runFor(Duration{static_cast<std::int64_t>(chance() % 40)});
    for (const auto& rung : waiter.rung) EXPECT_EQ(twin.erase(rung), 1u);
    waiter.rung.clear();
    ASSERT_TRUE(twin.empty() || twin.begin()->first > waiter.loop.now());
  }
}

}  // namespace
}  // namespace henge::coordinator

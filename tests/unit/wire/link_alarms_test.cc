#include "wire/link_alarms.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/kit/virtual_loop.h"

namespace henge::wire {
namespace {

// Notes when its alarm came, and what it was set to; sets it again if it was told to.
class Link final : public AlarmSink {
 public:
  Link(LinkAlarms& alarms, kit::VirtualLoop& loop)
      : alarms_(alarms), loop_(loop), number_(alarms.add(*this)) {}
  void setIn(Duration delay) { alarms_.setAtLatest(number_, loop_.now() + delay); }

  std::vector<MonoTime> came;
  std::vector<MonoTime> dues;
  bool again = false;

 private:
  void onAlarm(MonoTime due) override {
    came.push_back(loop_.now());
    dues.push_back(due);
    if (again) setIn({0});
  }

  LinkAlarms& alarms_;
  kit::VirtualLoop& loop_;
  const std::uint32_t number_;
};

struct LinkAlarmsTest : testing::Test {
  kit::VirtualLoop loop;
  const MonoTime begin = loop.now();
  LinkAlarms alarms{loop, loop};
  Link first{alarms, loop}, second{alarms, loop};
};

TEST_F(LinkAlarmsTest, eachComesOnceAtItsTime) {
  first.setIn(30_ms);
  second.setIn(10_ms);
  loop.runFor(1_s);
  EXPECT_EQ(second.came, std::vector{begin + 10_ms});
  EXPECT_EQ(first.came, std::vector{begin + 30_ms});
}

TEST_F(LinkAlarmsTest, onlyAnEarlierTimeMovesIt) {
  first.setIn(30_ms);
  first.setIn(20_ms);
  first.setIn(50_ms);
  loop.runFor(1_s);
  EXPECT_EQ(first.came, std::vector{begin + 20_ms});
}

TEST_F(LinkAlarmsTest, aLateLoopSeesWhatItWasSetTo) {
  first.setIn({-5'000'000});
  loop.runFor(1_ms);
  EXPECT_EQ(first.came, std::vector{begin});
  EXPECT_EQ(first.dues, std::vector{MonoTime{begin.micros - 5'000'000}});
}

TEST_F(LinkAlarmsTest, oneThatIsSetForNowDoesNotKeepTheOthersWaiting) {
  first.again = true;
  first.setIn(1_ms);
  second.setIn(1_ms);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(loop.step());
  EXPECT_EQ(second.came.size(), 1U);
  EXPECT_GE(first.came.size(), 5U);
}

// As a link does that is asked ever again: its earlier times are forgotten, by the timers too.
TEST_F(LinkAlarmsTest, movingItLeavesNoTimersBehind) {
  second.setIn(1_ms);
  for (int i = 0; i < 1000; ++i) first.setIn(2_s + Duration{-1000} * i);
  const std::uint64_t before = loop.steps();
  loop.runFor(10_s);
  EXPECT_EQ(first.came, std::vector{begin + 1001_ms});
  EXPECT_EQ(loop.steps() - before, 2U);
}

// It comes when the earliest time says, once; then it can be set again, later too.
TEST_F(LinkAlarmsTest, onceItHasComeAnyTimeCanBeSet) {
  first.setIn(1_ms);
  loop.runFor(5_ms);
  first.setIn(30_ms);
  first.setIn(20_ms);
  loop.runFor(1_s);
  EXPECT_EQ(first.came, (std::vector{begin + 1_ms, begin + 25_ms}));
}

TEST_F(LinkAlarmsTest, aLateOneShowsThatThisProcessStoodStill) {
  const MonoTime asked = loop.now();
  first.setIn(10_ms);
  loop.runFor(50_ms);
  EXPECT_FALSE(alarms.stoodStillSince(asked));
  first.setIn({-30'000});  // due 30 ms ago, and not yet told
  EXPECT_TRUE(alarms.stoodStillSince(asked));
  loop.runFor(1_ms);
  EXPECT_TRUE(alarms.stoodStillSince(asked));
  EXPECT_FALSE(alarms.stoodStillSince(loop.now()));
}

}  // namespace
}  // namespace henge::wire

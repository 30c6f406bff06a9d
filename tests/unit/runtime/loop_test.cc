#include "server/runtime/loop.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace henge::runtime {
namespace {

using testing::ElementsAre;

// Notes the tokens it is woken with, then does what the test wants.
class Recorder final : public ports::TimerSink {
 public:
  explicit Recorder(std::function<void(std::uint64_t)> also = [](std::uint64_t) {})
      : also_(std::move(also)) {}
  void onTimer(std::uint64_t token) override {
    tokens.push_back(token);
    also_(token);
  }
  std::vector<std::uint64_t> tokens;

 private:
  std::function<void(std::uint64_t)> also_;
};

constexpr MonoTime longAgo{1};

TEST(Loop, timersComeByTimeThenInTheOrderOfTheCalls) {
  Loop loop;
  Recorder sink([&](std::uint64_t token) {
    if (token == 5) loop.stop();
  });
  const MonoTime base = loop.now();
  loop.wakeAt(base + 3_ms, sink, 5);
  loop.wakeAt(base + 1_ms, sink, 2);
  loop.wakeAt(base + 2_ms, sink, 4);
  loop.wakeAt(base + 1_ms, sink, 3);
  loop.wakeAt(base, sink, 1);
  loop.run();
  EXPECT_THAT(sink.tokens, ElementsAre(1, 2, 3, 4, 5));
}

TEST(Loop, timersAreNeverEarly) {
  Loop loop;
  const MonoTime base = loop.now();
  int early = 0;
  int woken = 0;
  Recorder sink([&](std::uint64_t micros) {
    if (loop.now() < base + Duration{static_cast<std::int64_t>(micros)}) ++early;
    if (++woken == 200) loop.stop();
  });
  for (std::uint64_t i = 0; i < 200; ++i) {
    const std::uint64_t micros = i * 7919 % 5000;
    loop.wakeAt(base + Duration{static_cast<std::int64_t>(micros)}, sink, micros);
  }
  loop.run();
  EXPECT_EQ(early, 0);
}

TEST(Loop, anEarlierTimerMovesTheAlarm) {
  Loop loop;
  Recorder sink([&](std::uint64_t) { loop.stop(); });
  loop.wakeAt(loop.now() + 3600_s, sink, 1);
  std::thread later([&] { loop.post([&] { loop.wakeAt(loop.now() + 1_ms, sink, 2); }); });
  loop.run();
  later.join();
  EXPECT_THAT(sink.tokens, ElementsAre(2));
}

TEST(Loop, aTimerAlreadyDueComesInTheNextRound) {
  Loop loop;
  bool inside = false;
  Recorder sink([&](std::uint64_t token) {
    EXPECT_FALSE(inside);
    inside = true;
    if (token == 1) {
      loop.wakeAt(longAgo, sink, 3);
      loop.atRoundEnd(sink, 2);
    }
    if (token == 3) loop.stop();
    inside = false;
  });
  loop.wakeAt(longAgo, sink, 1);
  EXPECT_TRUE(sink.tokens.empty());
  loop.run();
  EXPECT_THAT(sink.tokens, ElementsAre(1, 2, 3));
}

TEST(Loop, hooksComeOnceAfterAllThatIsReady) {
  Loop loop;
  Recorder sink;
  const auto ready = [&](std::uint64_t token) {
    sink.tokens.push_back(token);
    loop.atRoundEnd(sink, 10 + token);
  };
  boost::asio::post(loop.context(), [&] { ready(1); });
  boost::asio::post(loop.context(), [&] { ready(2); });
  boost::asio::post(loop.context(), [&] { loop.stop(); });
  loop.run();
  EXPECT_THAT(sink.tokens, ElementsAre(1, 2, 11, 12));
}

TEST(Loop, aHookOfAHookComesInTheSameRound) {
  Loop loop;
  Recorder sink([&](std::uint64_t token) {
    if (token < 5) loop.atRoundEnd(sink, token + 1);
    if (token == 1) loop.wakeAt(longAgo, sink, 100);
    if (token == 100) loop.stop();
  });
  loop.atRoundEnd(sink, 1);
  loop.run();
  EXPECT_THAT(sink.tokens, ElementsAre(1, 2, 3, 4, 5, 100));
}

TEST(Loop, hooksWithoutEndDoNotHoldUpTheRest) {
  Loop loop;
  int hooks = 0;
  int hooksBeforeTimer = 0;
  Recorder timer([&](std::uint64_t) {
    hooksBeforeTimer = hooks;
    loop.stop();
  });
  Recorder hook([&](std::uint64_t) {
    if (++hooks == 1) loop.wakeAt(longAgo, timer, 1);
    loop.atRoundEnd(hook, 0);
  });
  loop.atRoundEnd(hook, 0);
  loop.run();
  EXPECT_EQ(hooksBeforeTimer, Loop::roundEndPassesMax);
}

TEST(Loop, aFloodOfReadyHandlersDoesNotKeepTheRoundFromEnding) {
  Loop loop;
  int handled = 0;
  int handledBeforeHook = 0;
  const std::function<void()> flood = [&] {
    ++handled;
    boost::asio::post(loop.context(), flood);
  };
  Recorder hook([&](std::uint64_t) {
    handledBeforeHook = handled;
    loop.stop();
  });
  boost::asio::post(loop.context(), [&] {
    loop.atRoundEnd(hook, 1);
    flood();
  });
  loop.run();
  EXPECT_GT(handledBeforeHook, 1);
  EXPECT_LE(handledBeforeHook, Loop::handlersPerRoundMax + 1);
}

TEST(Loop, postsRunInTheirThreadsOrderAndNeverInsideTheCall) {
  constexpr int threads = 4;
  constexpr int each = 2000;
  Loop loop;
  std::vector<std::vector<int>> seen(threads);
  int total = 0;
  std::vector<std::thread> posters;
  for (std::size_t t = 0; t < threads; ++t) {
    posters.emplace_back([&, t] {
      for (int i = 0; i < each; ++i) {
        loop.post([&, t, i] {
          seen[t].push_back(i);
          if (++total == threads * each) loop.stop();
        });
      }
    });
  }
  loop.run();
  for (auto& poster : posters) poster.join();
  for (const auto& numbers : seen) {
    ASSERT_EQ(numbers.size(), static_cast<std::size_t>(each));
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
  }
}

TEST(Loop, aPostFromTheLoopRunsLater) {
  Loop loop;
  std::vector<int> order;
  loop.post([&] {
    loop.post([&] {
      order.push_back(2);
      loop.stop();
    });
    order.push_back(1);
  });
  loop.run();
  EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST(Loop, stopsFromAnotherThreadAndRunsAgain) {
  Loop loop;
  for (int i = 0; i < 3; ++i) {
    std::thread stopper([&] { loop.stop(); });
    loop.run();
    stopper.join();
  }
  bool ran = false;
  loop.post([&] {
    ran = true;
    loop.stop();
  });
  loop.run();
  EXPECT_TRUE(ran);
}

TEST(Loop, clocksCountMicroseconds) {
  Loop loop;
  const MonoTime first = loop.now();
  EXPECT_LE(first, loop.now());
  EXPECT_GT(loop.wall().micros, 1'700'000'000'000'000);  // after 2023, in microseconds
  EXPECT_LT(loop.wall().micros, 10'000'000'000'000'000);
}

}  // namespace
}  // namespace henge::runtime

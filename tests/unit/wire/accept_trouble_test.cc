// A listener goes on when there are no descriptors left, and says so.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "tests/unit/wire/listening.h"
#include "tests/unit/wire/messages.h"

namespace henge::wire {
namespace {

// Takes every descriptor the process may still have.
class NoDescriptorsLeft {
 public:
  explicit NoDescriptorsLeft(Listening& at) {
    // The sanitizer of undefined behaviour needs a descriptor to look at an object the first time
    // it is called as this class, or as this base of it: so somebody came in before, too.
    EXPECT_GT(at.listener.counters().connections, 0U);
    static_cast<ports::Events&>(at.events).note(ports::Severity::info, "seen once");
    EXPECT_TRUE(at.events.mentions("seen once"));
    at.events.lines.clear();
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = 256;
    ::setrlimit(RLIMIT_NOFILE, &few);
    while (true) {
      const int one = ::open("/dev/null", O_RDONLY);
      if (one < 0) break;
      taken_.push_back(one);
    }
  }
  ~NoDescriptorsLeft() {
    while (!taken_.empty()) giveOneBack();
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  void giveOneBack() {
    ::close(taken_.back());
    taken_.pop_back();
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST(AcceptTrouble, isNoEndOfAccepting) {
  Listening at;
  at.clients.answersAtOnce = true;
  RawClient early = at.connect();
  early.send(getCall("k"));
  ASSERT_TRUE(at.loop.runUntil([&] { return early.frames().size() == 1; }));
  {
    NoDescriptorsLeft none(at);
    none.giveOneBack();  // for the client's own end
    RawClient late = at.connect();
    ASSERT_TRUE(at.loop.runUntil([&] { return late.isEnded(); }));
    EXPECT_TRUE(at.events.mentions("too many open files in this process"));
    early.send(getCall("k"));  // who is in stays in
    ASSERT_TRUE(at.loop.runUntil([&] { return early.frames().size() == 2; }));
  }
  RawClient after = at.connect();
  after.send(getCall("k"));
  EXPECT_TRUE(at.loop.runUntil([&] { return after.frames().size() == 1; }));
}

TEST(AcceptTrouble, isToldOnceASecondOnly) {
  Listening at;
  const RawClient early = at.connect();
  ASSERT_TRUE(at.loop.runUntil([&] { return at.listener.connections() == 1; }));
  NoDescriptorsLeft none(at);
  none.giveOneBack();  // for the clients' own ends, one after another
  for (int i = 0; i < 5; ++i) {
    RawClient late = at.connect();
    ASSERT_TRUE(at.loop.runUntil([&] { return late.isEnded(); }));
  }
  ASSERT_EQ(at.events.lines.size(), 1U);
  EXPECT_EQ(at.events.lines[0],
            "client port: a connection could not be accepted: too many open files in this process");
  at.loop.advance(1_s);
  RawClient late = at.connect();
  ASSERT_TRUE(at.loop.runUntil([&] { return late.isEnded(); }));
  ASSERT_EQ(at.events.lines.size(), 2U);
  EXPECT_TRUE(at.events.mentions("more like it"));
}

}  // namespace
}  // namespace henge::wire

#include "server/membership/peer_reports.h"

#include <gtest/gtest.h>

#include "tests/unit/membership/book.h"
#include "tests/unit/membership/detecting.h"

namespace henge::membership {
namespace {

class PeerReportsTest : public testing::Test {
 protected:
  PeerReportsTest() {
    book.startConfirmed();
    for (std::uint32_t node = 0; node < 4; ++node) all.push_back({node});
    DetectorOptions options;
    options.self = {1};
    detector =
        std::make_unique<Detector>(options, all, DetectorEnv{book.loop, book.loop, lots}, *book);
    members.linked = {{0}, {2}, {3}};
    members.answering = members.linked;
    detector->attach(members);
    detector->start();
    reports = std::make_unique<PeerReports>(*book, *detector);
  }
  PeerHello hello(std::uint32_t node, std::uint64_t boot = 1) {
    PeerHello theirs = Book::hello(node, boot);
    theirs.features.emplace_back(ports::gossips);
    return theirs;
  }
  void connect(std::uint32_t node, std::uint64_t boot = 1) {
    reports->onHello(hello(node, boot));
    book.loop.runFor(1_ms);
    reports->onLinkUp({node});
  }

  Book book;
  Lots lots;
  std::vector<NodeId> all;
  HeldTimers timers{book.loop};
  FakeMembers members{book.loop, timers};
  std::unique_ptr<Detector> detector;
  std::unique_ptr<PeerReports> reports;
};

TEST_F(PeerReportsTest, aMemberIsUpWhenItIsReachedAndAlive) {
  connect(2);
  EXPECT_EQ(book.of(2), Liveness::up);
  members.linked.erase({2});
  reports->onLinkDown({2}, "connection reset");
  EXPECT_EQ(book.of(2), Liveness::down);
  EXPECT_EQ(book.viewOf(2).standing, Standing::suspect);
  EXPECT_EQ(book.viewOf(2).reason, "connection reset; suspected by n1");
}

TEST_F(PeerReportsTest, theClustersWordTakesOneDownThatIsStillConnected) {
  connect(2);
  members.answering.erase({2});
  EXPECT_TRUE(book.loop.runUntil([&] { return book.of(2) == Liveness::down; }, 5_s));
  EXPECT_EQ(book.viewOf(2).reason, "found dead by n1");
  EXPECT_TRUE(book.events.mentions("n2 is found dead by n1"));
  members.answering.insert({2});
  detector->onClaims({0}, {{{2}, Standing::alive, {1, 1}, {2}}});
  EXPECT_EQ(book.of(2), Liveness::up);
  EXPECT_EQ(book.viewOf(2).reason, "");
}

TEST_F(PeerReportsTest, aNewStartIsAliveWhateverWasSaidOfTheOldOne) {
  connect(2);
  members.linked.erase({2});
  reports->onLinkDown({2}, "connection reset");
  book.loop.runFor(5_s);
  ASSERT_EQ(book.viewOf(2).standing, Standing::dead);
  members.linked.insert({2});
  connect(2, 2);
  EXPECT_EQ(book.viewOf(2).standing, Standing::alive);
  EXPECT_EQ(book.of(2), Liveness::up);
}

TEST_F(PeerReportsTest, whoIsReachedOnlyByOthersIsNotAskedFromHere) {
  connect(2);
  connect(3);
  members.linked.erase({2});
  reports->onLinkDown({2}, "silent for 1000 ms");
  detector->onClaims({3}, {{{2}, Standing::alive, {1, 1}, {2}}});
  book.loop.runFor(2_s);
  EXPECT_EQ(book.of(2), Liveness::down);
  EXPECT_EQ(book.viewOf(2).standing, Standing::alive);
  const std::string reason = book.viewOf(2).reason;
  EXPECT_TRUE(reason.starts_with("silent for 1000 ms; alive, says n")) << reason;
  EXPECT_TRUE(reason.ends_with(", but not reached from here")) << reason;
}

TEST_F(PeerReportsTest, aDialThatFailsAgainIsNoNewLoss) {
  reports->onLinkDown({2}, "connection refused");
  EXPECT_EQ(book.viewOf(2).standing, Standing::alive);
  connect(2);
  members.linked.erase({2});
  reports->onLinkDown({2}, "connection reset");
  detector->onClaims({0}, {{{2}, Standing::alive, {1, 1}, {2}}});
  reports->onLinkDown({2}, "connection refused");
  EXPECT_EQ(book.viewOf(2).standing, Standing::alive);
}

TEST_F(PeerReportsTest, ofAnOlderBuildTheLinkAloneCounts) {
  reports->onHello(Book::hello(2));
  book.loop.runFor(1_ms);
  reports->onLinkUp({2});
  members.answering.erase({2});
  detector->onClaims({0}, {{{2}, Standing::dead, {1, 0}, {0}}});
  book.loop.runFor(10_s);
  EXPECT_EQ(book.of(2), Liveness::up);
  reports->onLinkDown({2}, "connection reset");
  EXPECT_EQ(book.viewOf(2).reason, "connection reset");
}

TEST_F(PeerReportsTest, theSlowAreSetApart) {
  connect(2);
  book->onSlow({2}, true, "answers after 90 ms");
  EXPECT_EQ(book.of(2), Liveness::up);
  EXPECT_TRUE(book->upSet().isSlow({2}));
  EXPECT_TRUE(book.viewOf(2).slow);
  EXPECT_EQ(book.viewOf(2).reason, "slow: answers after 90 ms");
  book->onSlow({2}, false, "answers after 1 ms");
  EXPECT_FALSE(book->upSet().isSlow({2}));
  EXPECT_EQ(book.viewOf(2).reason, "");
}

}  // namespace
}  // namespace henge::membership

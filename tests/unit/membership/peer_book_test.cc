#include "server/membership/peer_book.h"

#include <gtest/gtest.h>

#include "tests/unit/membership/book.h"

namespace henge::membership {
namespace {

TEST(PeerBook, aPeerIsUpWhileThisNodesLinkToItLives) {
  Book book;
  book.start();
  EXPECT_EQ(book.of(2), Liveness::down);
  EXPECT_EQ(book.viewOf(2).reason, "not reached yet");
  EXPECT_FALSE(book.connect(Book::hello(2)).youRebuild);
  EXPECT_EQ(book.of(2), Liveness::up);
  book.disconnect(2);
  EXPECT_EQ(book.of(2), Liveness::down);
  EXPECT_EQ(book.viewOf(2).reason, "connection reset");
  book.connect(Book::hello(2));
  EXPECT_EQ(book.of(2), Liveness::up);
}

// All links are stopped and started when the store is damaged, without a word of it: the peer was
// counted twice, and stayed up when its link went.
TEST(PeerBook, aLinkThatComesUpTwiceIsOneLink) {
  Book book;
  book.start();
  book.connect(Book::hello(2));
  book.connect(Book::hello(2));
  book.disconnect(2);
  EXPECT_EQ(book.of(2), Liveness::down);
}

TEST(PeerBook, aPeerIsUpOnlyWhenItIsRememberedOnDisk) {
  Book book;
  book.start();
  book.disk().setLatency(50_ms);
  book.connect(Book::hello(2));
  EXPECT_EQ(book.of(2), Liveness::down);
  EXPECT_EQ(book.viewOf(2).reason, "it is being remembered on disk");
  book.loop.runFor(50_ms);
  EXPECT_EQ(book.of(2), Liveness::up);

  // A later start is a new thing to remember.
  book.disconnect(2);
  book.connect(Book::hello(2, 2));
  EXPECT_EQ(book.of(2), Liveness::down);
  book.loop.runFor(200_ms);
  EXPECT_EQ(book.of(2), Liveness::up);
  EXPECT_EQ(decodePeerFile(*book.files.contents("peers"))->peers.at(0).incarnation.boot, 2u);
}

TEST(PeerBook, whoWasNotRememberedBeforeACrashIsMetForTheFirstTime) {
  Book book;
  book.start();
  book.disk().setLatency(50_ms);
  book.connect(Book::hello(2));
  book.kill();
  book.start();
  EXPECT_EQ(book.viewOf(2).directory, DirectoryId{});
  EXPECT_FALSE(book.connect(Book::wiped(2)).youRebuild) << "it never was believed to be up";
}

TEST(PeerBook, aDiskThatFailsKeepsPeersDownAndIsTriedAgain) {
  Book book;
  book.start();
  book.disk().failAlways(kit::DiskCall::replace, {ErrorKind::diskFull, "no space"});
  book.connect(Book::hello(2));
  book.loop.runFor(20_s);
  EXPECT_EQ(book.of(2), Liveness::down);
  EXPECT_TRUE(book.events.mentions("no space"));
  EXPECT_LE(book.disk().calls(kit::DiskCall::replace), 6u) << "once in five seconds";
  book.disk().heal();
  book.loop.runFor(6_s);
  EXPECT_EQ(book.of(2), Liveness::up);
}

TEST(PeerBook, oneWriteAtATimeAndOnlyTheLatestThatWaits) {
  Book book;
  book.start();
  book.disk().setLatency(50_ms);
  for (std::uint64_t boot = 1; boot <= 20; ++boot) book->onHello(Book::hello(2, boot));
  book.loop.runFor(1_s);
  EXPECT_EQ(book.disk().calls(kit::DiskCall::replace), 2u);
  EXPECT_EQ(decodePeerFile(*book.files.contents("peers"))->peers.at(0).incarnation.boot, 20u);
}

TEST(PeerBook, whatAPeerSaysOfItselfCounts) {
  Book book;
  book.start();
  PeerHello damaged = Book::hello(2);
  damaged.rebuilding = true;
  EXPECT_FALSE(book.connect(damaged).youRebuild) << "nothing is held against it here";
  EXPECT_EQ(book.of(2), Liveness::rebuilding);
  book.meet(Book::hello(2));
  EXPECT_EQ(book.of(2), Liveness::up);
}

TEST(PeerBook, aWipedDirectoryIsNoticedAndRemembered) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(2));
  book.disconnect(2);
  const ports::HelloVerdict verdict = book.connect(Book::wiped(2));
  EXPECT_TRUE(verdict.youRebuild);
  EXPECT_EQ(verdict.reason,
            "its data directory is 00000000000000e2, the one known here is 00000000000000d2");
  EXPECT_EQ(book.of(2), Liveness::rebuilding);
  EXPECT_EQ(book.viewOf(2).reason, verdict.reason);
  EXPECT_EQ(book.viewOf(2).directory, DirectoryId{0xe2});

  book.kill();
  book.start();
  EXPECT_EQ(book.of(2), Liveness::rebuilding);
  EXPECT_EQ(book.viewOf(2).reason, verdict.reason + "; not connected");
  PeerHello again = Book::wiped(2);
  again.incarnation = {5, 0x55};
  EXPECT_TRUE(book.connect(again).youRebuild) << "starting it again makes it no better";
}

TEST(PeerBook, theRightDirectoryComesBack) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(2));
  book.disconnect(2);
  book.connect(Book::wiped(2));
  book.disconnect(2);
  EXPECT_FALSE(book.connect(Book::hello(2, 2)).youRebuild);
  EXPECT_EQ(book.of(2), Liveness::up);
}

TEST(PeerBook, yesterdaysCopyIsNoticed) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(2, 7));
  book.disconnect(2);
  PeerHello copy = Book::hello(2, 7);  // counts on from yesterday's six, as the original did
  copy.incarnation.nonce = 0xc0;
  EXPECT_TRUE(book.connect(copy).youRebuild);
  EXPECT_EQ(book.of(2), Liveness::rebuilding);
  book.disconnect(2);
  book.kill();
  book.start();
  EXPECT_TRUE(book.connect(Book::hello(2, 30)).youRebuild) << "many restarts don't help it";
  EXPECT_EQ(book.of(2), Liveness::rebuilding);
}

TEST(PeerBook, aLogThatEndsBeforeWhatItHadSyncedIsNoticed) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(2, 1, {1, 0}));
  book->onSynced({2}, {3, 500});
  book->onSynced({2}, {3, 400});  // an older answer, overtaken
  book.disconnect(2);             // now it is on disk
  book.kill();
  book.start();
  const ports::HelloVerdict verdict = book.connect(Book::hello(2, 2, {3, 499}));
  EXPECT_TRUE(verdict.youRebuild);
  EXPECT_EQ(verdict.reason, "its log ends at 3:499, but was on disk up to 3:500");
}

TEST(PeerBook, positionsAreSavedEveryFewSecondsNotEveryTime) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(2));
  book.loop.runFor(10_s);
  const std::uint64_t before = book.disk().calls(kit::DiskCall::replace);
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    book->onSynced({2}, {2, i});
    book.loop.runFor(10_ms);
  }
  EXPECT_LE(book.disk().calls(kit::DiskCall::replace) - before, 2u);
  book.loop.runFor(6_s);
  book.kill();
  book.start();
  EXPECT_TRUE(book.connect(Book::hello(2, 2, {2, 999})).youRebuild);
}

TEST(PeerBook, withoutSyncAlwaysAShorterLogIsNoLie) {
  Book book;
  book.startConfirmed();
  PeerHello periodic = Book::hello(3);
  periodic.features.clear();
  book.connect(periodic);
  book->onSynced({3}, {3, 500});
  book.disconnect(3);
  EXPECT_FALSE(book.connect(Book::hello(3, 2, {3, 0})).youRebuild);
}

// A node that was stopped for a while reads what piled up in any order.
TEST(PeerBook, leftoversOfAnEarlierStartHurtNobody) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(2, 1));
  book.disconnect(2);
  book.connect(Book::hello(2, 3));
  EXPECT_FALSE(book.meet(Book::hello(2, 1)).youRebuild);  // remembered as the one before
  EXPECT_TRUE(book.meet(Book::hello(2, 2)).youRebuild);   // never met: it is told, should it live
  EXPECT_EQ(book.of(2), Liveness::up);
  EXPECT_FALSE(book.meet(Book::hello(2, 3)).youRebuild);
  book.kill();
  book.start();
  EXPECT_FALSE(book.connect(Book::hello(2, 4)).youRebuild) << "nothing was held against it";
}

// An operator has replaced it and everybody knows; its predecessor's hello was still in a buffer.
// Found by the simulator: three starts had passed before this node read what the first one had
// said.
TEST(PeerBook, theLastWordsOfAStartLongGoneChangeNothing) {
  Book book;
  book.start();
  for (std::uint64_t boot = 1; boot <= 5; ++boot) {
    EXPECT_FALSE(book.connect(Book::hello(3, boot, {1, boot * 100})).youRebuild);
    book.disconnect(3);
  }
  for (std::uint64_t boot = 1; boot <= 5; ++boot) {
    EXPECT_FALSE(book.meet(Book::hello(3, boot, {1, boot * 100})).youRebuild) << boot;
  }
  PeerHello copy = Book::hello(3, 2, {1, 200});
  copy.incarnation.nonce = 0xc0b1;
  EXPECT_TRUE(book.meet(copy).youRebuild) << "a start of an old copy has another name";
}

TEST(PeerBook, theLastWordsOfAReplacedDirectoryHurtNotTheOneThatIsConnected) {
  Book book;
  book.startConfirmed();
  book.connect(Book::wiped(3));
  PeerHello late = Book::hello(3, 7);
  late.rebuilding = true;
  EXPECT_TRUE(book.meet(late).youRebuild) << "it is told, should it live";
  EXPECT_EQ(book.of(3), Liveness::up);
  book.disconnect(3);
  EXPECT_FALSE(book.connect(Book::wiped(3)).youRebuild);
  EXPECT_EQ(book.of(3), Liveness::up);
}

TEST(PeerBook, strangersAreNotTakenIn) {
  Book book;
  book.start();
  EXPECT_FALSE(book.meet(Book::hello(9)).youRebuild);
  book->onLinkUp({9});
  book->onSynced({9}, {1, 1});
  book->onLinkDown({9}, "gone");
  EXPECT_EQ(book.of(9), Liveness::down);
  EXPECT_EQ(book->memberViews().size(), 4u);
}

TEST(PeerBook, aDamagedFileStopsTheStart) {
  Book book;
  book.startConfirmed();
  Bytes bytes = *book.files.contents("peers");
  book.kill();
  bytes[20] = static_cast<char>(bytes[20] ^ 1);
  book.files.put("peers", bytes);
  EXPECT_FALSE(book.start());
  EXPECT_EQ(book.opened.error().kind, ErrorKind::corrupt);
}

TEST(PeerBook, theFileOfAnotherDirectoryStopsTheStart) {
  Book book;
  PeerFile foreign;
  foreign.cluster = {0xaa};
  foreign.self = {1};
  foreign.directory = {0x99};
  book.files.put("peers", encode(foreign));
  EXPECT_FALSE(book.start());
  EXPECT_EQ(book.opened.error().kind, ErrorKind::mismatch);
}

TEST(PeerBook, viewsSayForHowLong) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(2));
  book.loop.runFor(3_s);
  EXPECT_EQ(book.viewOf(2).since, 3_s);
  book.meet(Book::hello(2));  // nothing has changed
  book.loop.runFor(999_ms);
  EXPECT_EQ(book.viewOf(2).since, 4_s);
  book.disconnect(2);
  book.loop.runFor(999_ms);
  EXPECT_EQ(book.viewOf(2).since, 1_s);
  EXPECT_TRUE(book.events.mentions("n2 is up"));
  EXPECT_TRUE(book.events.mentions("n2 is down: connection reset"));
}

}  // namespace
}  // namespace henge::membership

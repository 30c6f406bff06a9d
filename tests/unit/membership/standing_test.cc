// Whether this node itself may vote, and what operators may do about it and about others.
#include <gtest/gtest.h>

#include "tests/unit/membership/book.h"

namespace henge::membership {
namespace {

TEST(Standing, aNewDirectoryVotesWhenAMajorityKnowsOfNoOther) {
  Book book;
  book.start(true);
  EXPECT_EQ(book.of(1), Liveness::rebuilding);
  EXPECT_FALSE(book->mustRebuild()) << "it is merely new";
  EXPECT_EQ(book->ownReason(),
            "new data directory: waits until 2 more members know of no other one of this node");
  book->onHelloAnswered(Book::hello(0), {});
  book->onHelloAnswered(Book::hello(0), {});  // one member counts once
  EXPECT_EQ(book.of(1), Liveness::rebuilding);
  book.meet(Book::hello(3));  // it has spoken, but not answered
  EXPECT_EQ(book.of(1), Liveness::rebuilding);
  book->onHelloAnswered(Book::hello(2), {});
  EXPECT_EQ(book.of(1), Liveness::up);
  EXPECT_EQ(book->ownReason(), "");
}

TEST(Standing, itIsAskedOnceInADirectorysLife) {
  Book book;
  book.startConfirmed();
  book.kill();
  book.start();
  EXPECT_EQ(book.of(1), Liveness::up);
}

TEST(Standing, aStartThatWasCutShortIsAskedAgain) {
  Book book;
  book.start(true);
  book->onHelloAnswered(Book::hello(0), {});
  book.loop.runFor(1_ms);
  book.kill();
  book.start(false);  // the directory is not new any more, but nobody has confirmed it
  EXPECT_EQ(book.of(1), Liveness::rebuilding);
}

TEST(Standing, theWordOfAMemberThatHasLostSomethingDoesNotCount) {
  Book book;
  book.start(true);
  PeerHello forgetful = Book::hello(0);
  forgetful.rebuilding = true;
  book->onHelloAnswered(forgetful, {});
  book->onHelloAnswered(Book::hello(2), {});
  EXPECT_EQ(book.of(1), Liveness::rebuilding);
  book->onHelloAnswered(Book::hello(3), {});
  EXPECT_EQ(book.of(1), Liveness::up);
}

TEST(Standing, aClusterOfOneAsksNobody) {
  Book book({"00", "80"});  // two members: the majority is both
  book.start(true);
  EXPECT_EQ(book.of(1), Liveness::rebuilding);

  kit::VirtualLoop loop;
  kit::FakeFiles files;
  kit::FakeDisk disk(files, loop, loop);
  kit::NotedEvents events;
  PeerBook lone({NodeId{0}, DirectoryId{0xd0}, true},
                std::make_shared<const Ring>(clusterOf({"00"}, 1)), {loop, loop, disk, events});
  struct Ignore final : PeerBookSink {
    void onPeerBookOpened(Status status) override { EXPECT_TRUE(status.ok()); }
  } ignore;
  lone.open(ignore);
  EXPECT_EQ(lone.upSet().of({0}), Liveness::rebuilding) << "not before the book is read";
  loop.runFor(1_ms);
  EXPECT_EQ(lone.upSet().of({0}), Liveness::up);
}

TEST(Standing, onePeersObjectionIsEnough) {
  Book book;
  book.startConfirmed();
  book->onHelloAnswered(Book::hello(3), {true, "another directory was known"});
  EXPECT_EQ(book.of(1), Liveness::rebuilding);
  EXPECT_TRUE(book->mustRebuild());
  EXPECT_EQ(book->ownReason(), "says n3: another directory was known");
  EXPECT_EQ(book.viewOf(1).reason, book->ownReason());
  book->onHelloAnswered(Book::hello(0), {});
  EXPECT_EQ(book.of(1), Liveness::rebuilding);
  book.loop.runFor(1_ms);
  book.kill();
  book.start();
  EXPECT_TRUE(book->mustRebuild()) << "it is remembered";
  EXPECT_EQ(book->ownReason(), "says n3: another directory was known");
}

// It may have come back with an old copy, and remember old directories of others.
TEST(Standing, theObjectionOfOneWhoIsObjectedToTakesNoVote) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(3));
  book.disconnect(3);
  ASSERT_TRUE(book.connect(Book::wiped(3)).youRebuild);
  book->onHelloAnswered(Book::wiped(3), {true, "another directory was known"});
  EXPECT_EQ(book.of(1), Liveness::up);
  EXPECT_EQ(book->ownReason(), "");
  book->onHelloAnswered(Book::hello(2), {true, "another directory was known"});
  EXPECT_EQ(book->ownReason(), "says n2: another directory was known") << "nothing is against n2";
}

TEST(Standing, theObjectionOfAnUnknownEarlierStartTakesNoVote) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(3, 7));
  book.disconnect(3);
  PeerHello copy = Book::hello(3, 2);  // its answer is the first that is heard of it
  book->onHelloAnswered(copy, {true, "a start that was not later"});
  EXPECT_EQ(book.of(1), Liveness::up);
  EXPECT_EQ(book.of(3), Liveness::rebuilding);
}

TEST(Standing, theObjectionOfOneThatMustRebuildItselfTakesNoVote) {
  Book book;
  book.startConfirmed();
  PeerHello forgetful = Book::hello(3);
  forgetful.rebuilding = true;
  book->onHelloAnswered(forgetful, {true, "another directory was known"});
  EXPECT_EQ(book.of(1), Liveness::up);
  book->onHelloAnswered(Book::hello(3), {true, "another directory was known"});
  EXPECT_EQ(book.of(1), Liveness::rebuilding) << "accepted meanwhile, and it says so still";
}

TEST(Standing, damageIsRemembered) {
  Book book;
  book.startConfirmed();
  book->markRebuilding("segment 7 is damaged at 4096");
  book->markRebuilding("and segment 9");
  EXPECT_EQ(book.of(1), Liveness::rebuilding);
  book.loop.runFor(1_ms);
  book.kill();
  book.start();
  EXPECT_EQ(book->ownReason(), "segment 7 is damaged at 4096");
}

TEST(Standing, anOperatorAcceptsThisNodesOwnDirectory) {
  Book book;
  book.startConfirmed();
  book->markRebuilding("damage");
  EXPECT_EQ(book->accept({1}, {0xbad}).error().kind, ErrorKind::mismatch);
  EXPECT_EQ(book.of(1), Liveness::rebuilding);
  const Result<std::string> sentence = book->accept({1}, {0xd1});
  ASSERT_TRUE(sentence.ok());
  EXPECT_EQ(*sentence, "n1 accepts its data directory 00000000000000d1 as it is and votes again");
  EXPECT_EQ(book.of(1), Liveness::up);
  EXPECT_FALSE(book->mustRebuild());
  EXPECT_TRUE(book->accept({1}, {0xd1})->ends_with("nothing was to be accepted"));
  book.loop.runFor(1_ms);
  book.kill();
  book.start();
  EXPECT_EQ(book.of(1), Liveness::up);
}

// What a node with an old copy holds against others it may have known from before.
TEST(Standing, acceptingThisNodesOwnDirectoryForgetsItsObjectionsToOthers) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(2, 7));
  book.disconnect(2);
  ASSERT_TRUE(book.connect(Book::wiped(2)).youRebuild);
  book->onHelloAnswered(Book::hello(0), {true, "its log ends at 1:0, but was on disk up to 3:0"});
  ASSERT_EQ(book.of(1), Liveness::rebuilding);
  ASSERT_TRUE(book->accept({1}, {0xd1}).ok());
  book.loop.runFor(1_ms);
  EXPECT_EQ(book.of(1), Liveness::up);
  EXPECT_EQ(book.of(2), Liveness::up);
  EXPECT_FALSE(book.meet(Book::wiped(2)).youRebuild);
  book.kill();
  book.start();
  EXPECT_FALSE(book.connect(Book::wiped(2)).youRebuild) << "it is on disk";
  EXPECT_EQ(book.of(2), Liveness::up);
}

TEST(Standing, acceptingThisNodesOwnDirectoryForgetsWhatItHeldAgainstTheAbsentToo) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(2, 7, {9, 9}));
  book.disconnect(2);
  ASSERT_TRUE(book.meet(Book::hello(2, 3, {2, 2})).youRebuild);
  book.kill();
  book.start();
  book->markRebuilding("damage");
  ASSERT_TRUE(book->accept({1}, {0xd1}).ok());
  book.loop.runFor(1_ms);
  EXPECT_EQ(book.of(2), Liveness::down) << "merely not connected";
  EXPECT_FALSE(book.connect(Book::hello(2, 4, {2, 2})).youRebuild);
  EXPECT_EQ(book.of(2), Liveness::up);
}

TEST(Standing, acceptingANewDirectoryEndsItsWaiting) {
  Book book;
  book.start(true);
  ASSERT_TRUE(book->accept({1}, {0xd1}).ok());
  EXPECT_EQ(book.of(1), Liveness::up);
}

TEST(Standing, anOperatorAcceptsAPeersDirectory) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(2, 7));
  book.disconnect(2);
  book.connect(Book::wiped(2));
  EXPECT_EQ(book->accept({2}, {0xd2}).error().kind, ErrorKind::mismatch) << "not what it has now";
  book.disk().setLatency(50_ms);
  EXPECT_EQ(*book->accept({2}, {0xe2}),
            "n1 accepts data directory 00000000000000e2 of n2 as it is");
  EXPECT_EQ(book.of(2), Liveness::down) << "it counts once that is on disk";
  book.loop.runFor(1_s);
  EXPECT_EQ(book.of(2), Liveness::up);
  EXPECT_FALSE(book.meet(Book::wiped(2)).youRebuild);
  book.kill();
  book.start();
  PeerHello next = Book::wiped(2);
  next.incarnation = {2, 0x2222};
  EXPECT_FALSE(book.connect(next).youRebuild);
  book.disconnect(2);
  EXPECT_TRUE(book.connect(Book::hello(2, 8)).youRebuild)
      << "the old directory is the wrong one now";
}

TEST(Standing, aCopyMayBeAcceptedToo) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(2, 7, {9, 9}));
  book.disconnect(2);
  EXPECT_TRUE(book.connect(Book::hello(2, 3, {2, 2})).youRebuild);
  ASSERT_TRUE(book->accept({2}, {0xd2}).ok());
  book.loop.runFor(1_ms);
  EXPECT_EQ(book.of(2), Liveness::up);
  book.disconnect(2);
  EXPECT_FALSE(book.connect(Book::hello(2, 4, {2, 2})).youRebuild);
}

TEST(Standing, aDirectoryObjectedToBeforeARestartIsAcceptedUnseen) {
  Book book;
  book.startConfirmed();
  book.connect(Book::hello(2, 7, {9, 9}));
  book.disconnect(2);
  book.meet(Book::hello(2, 3, {2, 2}));
  book.kill();
  book.start();
  ASSERT_TRUE(book->accept({2}, {0xd2}).ok());
  EXPECT_FALSE(book.connect(Book::hello(2, 3, {2, 2})).youRebuild);
  EXPECT_EQ(book.of(2), Liveness::up);
}

TEST(Standing, acceptingOneThatOnlySaysSoOfItselfIsBelieved) {
  Book book;
  book.startConfirmed();
  PeerHello damaged = Book::hello(2);
  damaged.rebuilding = true;
  book.connect(damaged);
  ASSERT_TRUE(book->accept({2}, {0xd2}).ok());
  book.loop.runFor(1_ms);
  EXPECT_EQ(book.of(2), Liveness::up);
}

TEST(Standing, nothingToAcceptIsSaid) {
  Book book;
  book.startConfirmed();
  EXPECT_EQ(book->accept({9}, {1}).error().kind, ErrorKind::notFound);
  EXPECT_EQ(book->accept({3}, {0xd3}).error().kind, ErrorKind::notFound) << "never met";
  EXPECT_EQ(*book->accept({2}, {0xd2}), "n1 holds nothing against n2");
}

}  // namespace
}  // namespace henge::membership

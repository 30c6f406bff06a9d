// A peer that says hello to us is dialled at once.
#include <gtest/gtest.h>

#include "tests/unit/wire/linked_in_memory.h"
#include "tests/unit/wire/messages.h"
#include "wire/convert_replica.h"

namespace henge::wire {
namespace {

// n1 with its door, and n2, which was not there when n1 dialled it.
struct Returning {
  Returning() {
    door.attach(&replies);
    node.loop.runFor(200_ms);
    for (int attempt = 0; attempt < 8; ++attempt) {
      EXPECT_TRUE(node.dials());
      node.network.refuse(address);
    }
    node.loop.runFor(100_ms);
    EXPECT_FALSE(node.network.isDialled(address));
  }

  void hearHello(const PeerHello& hello) {
    const Bytes call =
        callOf<thrift::Replica_hello_args>(Encoding::binary, "hello", 1, toThrift(hello));
    EXPECT_TRUE(door.onMessage({{1}, ++message}, BytesView(call).substr(4), node.loop.now()).ok());
  }

  LinkedInMemory node{3};
  const std::string address = node.addressOfPeer;
  FakeReplica replica{{1}};
  FakeReplies replies;
  PeerDoor door{
      {shared(node.cluster), {1}, Limits()},
      {node.loop, node.events, node.stamps, node.peerEvents, replica, node.self, node.links.get()}};
  std::uint64_t message = 0;
};

TEST(PeerHurry, dialsWhoSaysHello) {
  Returning at;
  at.hearHello(at.node.theirs.hello());
  EXPECT_TRUE(at.node.network.isDialled(at.address));
  at.node.comeUp();
}

TEST(PeerHurry, isNotForWhoIsRefused) {
  Returning at;
  PeerHello other = at.node.theirs.hello();
  other.ringHash ^= 1;
  at.hearHello(other);
  EXPECT_FALSE(at.node.network.isDialled(at.address));
}

TEST(PeerHurry, leavesALinkThatIsUpAlone) {
  Returning at;
  at.hearHello(at.node.theirs.hello());
  at.node.comeUp();
  const int dials = at.node.network.dials[at.address];
  at.hearHello(at.node.theirs.hello());
  EXPECT_EQ(at.node.network.dials[at.address], dials);
  EXPECT_TRUE(at.node.links->isUp({2}));
}

// Two nodes whose links break as soon as they are up would else greet each other without a pause.
TEST(PeerHurry, comesOnceUntilALinkHasLasted) {
  Returning at;
  at.hearHello(at.node.theirs.hello());
  const auto brief = at.node.comeUp();
  brief->ended = true;
  brief->tellReadable();
  at.hearHello(at.node.theirs.hello());
  EXPECT_FALSE(at.node.network.isDialled(at.address));
  ASSERT_TRUE(at.node.dials());
  const auto lasting = at.node.comeUp();
  at.node.loop.runFor(900_ms);
  at.node.answer(*lasting);
  at.node.loop.runFor(900_ms);
  at.node.answer(*lasting);
  at.node.loop.runFor(500_ms);
  lasting->ended = true;
  lasting->tellReadable();
  EXPECT_FALSE(at.node.network.isDialled(at.address));
  at.hearHello(at.node.theirs.hello());
  EXPECT_TRUE(at.node.network.isDialled(at.address));
}

}  // namespace
}  // namespace henge::wire

// A node's links on a net in memory and virtual time.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"
#include "tests/unit/wire/fake_network.h"
#include "tests/unit/wire/fakes.h"
#include "tests/unit/wire/raw_client.h"
#include "wire/peer_door.h"
#include "wire/peer_links.h"

namespace henge::wire {

// Of a frame that begins here, without the four bytes themselves.
inline std::size_t lengthOf(BytesView stream) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(stream[i]);
  return length;
}

// Node n1 of so many, and what its peer n2 would answer to a hello.
struct LinkedInMemory {
  explicit LinkedInMemory(std::uint16_t members, PeerLinksOptions options = {})
      : cluster(clusterOf(portsOf(members))) {
    options.cluster = shared(cluster);
    options.self = {1};
    options.frameBytesMax = Limits().frameBytesMax();
    links = std::make_unique<PeerLinks>(
        options, PeerLinksEnv{network, loop, loop, random, events, stamps, peerEvents, self,
                              &gossip, &probes});
    theirDoor.attach(&theirReplies);
    links->start();
  }

  static std::vector<std::uint16_t> portsOf(std::uint16_t members) {
    std::vector<std::uint16_t> ports;
    for (std::uint16_t i = 0; i < members; ++i) {
      ports.push_back(static_cast<std::uint16_t>(9000 + 2 * i));
    }
    return ports;
  }

  // Runs until n2 is being dialled.
  bool dials() {
    return loop.runUntil([this] { return network.isDialled(addressOfPeer); });
  }

  // The dial to n2 succeeds and n2 takes the hello; n2's end.
  std::shared_ptr<SocketState> comeUp() {
    auto peer = network.connect(addressOfPeer);
    loop.runFor({0});  // the round's end, when links write
    answer(*peer);
    EXPECT_TRUE(links->isUp({2}));
    return peer;
  }

  // n2 answers what it was sent since the last time.
  void answer(SocketState& peer) {
    hear(peer);
    tell(peer);
  }

  // n2 takes what it was sent since the last time, and may answer it.
  void hear(SocketState& peer) {
    const Bytes sent = std::exchange(peer.sent, {});
    for (BytesView rest = sent; !rest.empty(); rest.remove_prefix(4 + lengthOf(rest))) {
      const BytesView frame = rest.substr(4, lengthOf(rest));
      EXPECT_TRUE(theirDoor.onMessage({{1}, ++message}, frame, loop.now()).ok());
    }
  }

  // What n2 has answered since the last time arrives.
  void tell(SocketState& peer) {
    for (; told < theirReplies.frames.size(); ++told) {
      peer.incoming += framed(theirReplies.frames[told].second);
    }
    peer.tellReadable();
  }

  const std::string addressOfPeer = "127.0.0.1:9002";
  Cluster cluster;
  kit::VirtualLoop loop;
  FakeNetwork network;
  CountingRandom random;
  kit::NotedEvents events;
  kit::FakeStamps stamps{loop, 0x11};
  FakePeerEvents peerEvents;
  FakeSelf self{helloOf(cluster, {1})};
  FakeGossip gossip;
  SeenProbes probes;
  std::unique_ptr<PeerLinks> links;

  FakeReplica theirReplica{{2}};
  FakeSelf theirs{helloOf(cluster, {2})};
  FakeGossip theirGossip;
  FakeReplies theirReplies;
  PeerDoor theirDoor{
      {shared(cluster), {2}, Limits()},
      {loop, events, stamps, peerEvents, theirReplica, theirs, nullptr, &theirGossip}};
  std::uint64_t message = 0;
  std::size_t told = 0;  // of theirReplies
};

}  // namespace henge::wire

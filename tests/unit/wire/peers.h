// Two nodes on one machine: links on one side, a peer door behind a listener on the other.
#pragma once

#include <memory>

#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"
#include "tests/unit/wire/fakes.h"
#include "tests/unit/wire/test_loop.h"
#include "wire/listener.h"
#include "wire/peer_door.h"
#include "wire/peer_links.h"

namespace henge::wire {

// Node n2, which can die and come back on the same port.
class Peer {
 public:
  explicit Peer(TestLoop& onLoop, std::uint16_t port = 0) : loop(onLoop) { start(port); }

  void start(std::uint16_t port) {
    ListenerOptions options;
    options.name = "peer port";
    options.address = {"127.0.0.1", port};
    options.frameBytesMax = Limits().frameBytesMax();
    door = std::make_unique<PeerDoor>(PeerDoorOptions{shared(clusterOf({1, 2, 3})), {2}, Limits()},
                                      PeerDoorEnv{loop, events, stamps, peerEvents, replica, self});
    listener = std::make_unique<Listener>(options, loop.network(), loop, timers, events, *door);
    status = listener->listen();
  }
  // As a process that is killed: its sockets close, nothing is answered.
  void kill() {
    timers.kill();
    listener.reset();
  }
  std::uint16_t port() const { return listener->port(); }

  TestLoop& loop;
  kit::MortalTimers timers{loop};
  kit::NotedEvents events;
  kit::FakeStamps stamps{loop, 0x22};
  FakePeerEvents peerEvents;
  FakeReplica replica{{2}};
  FakeSelf self{helloOf(clusterOf({1, 2, 3}), {2})};
  std::unique_ptr<PeerDoor> door;
  std::unique_ptr<Listener> listener;
  Status status;
};

// Node n1 and its one link, to whoever listens at `port`.
struct Linked {
  static PeerLinksOptions optionsTo(std::uint16_t port) {
    PeerLinksOptions options;
    options.cluster = shared(clusterOf({1, port}));
    options.self = {1};
    options.frameBytesMax = Limits().frameBytesMax();
    options.backoffMin = 2_ms;
    options.backoffMax = 20_ms;
    options.silenceMax = 10_s;
    options.pingAfter = 5_s;
    return options;
  }

  Linked(TestLoop& onLoop, const PeerLinksOptions& options)
      : loop(onLoop),
        links(options,
              {onLoop.network(), onLoop, onLoop, random, events, stamps, peerEvents, self}) {
    links.start();
  }
  Linked(TestLoop& onLoop, std::uint16_t port) : Linked(onLoop, optionsTo(port)) {}

  bool comesUp() {
    return loop.runUntil([this] { return links.isUp({2}); });
  }
  ApplyRequest applyOf(const Bytes& key, Duration left = 60_s) const {
    ApplyRequest request;
    request.record = recordOf(key, "value of " + key);
    request.deadline = loop.now() + left;
    request.epoch = 1;
    return request;
  }
  FetchRequest fetchOf(const Bytes& key, Duration left = 60_s) const {
    return {key, true, loop.now() + left, 1};
  }
  void apply(std::uint64_t op, const Bytes& key, Duration left = 60_s) {
    links.apply({2}, {op}, seen, applyOf(key, left));
  }

  TestLoop& loop;
  kit::NotedEvents events;
  kit::FakeStamps stamps{loop, 0x11};
  CountingRandom random;
  FakePeerEvents peerEvents;
  FakeSelf self{helloOf(clusterOf({1, 2, 3}), {1})};
  SeenReplies seen;
  PeerLinks links;
};

}  // namespace henge::wire

// A port that others come in by: accepts, cuts the stream into messages, sends the answers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/cluster.h"
#include "core/result.h"
#include "server/ports/clock.h"
#include "server/ports/events.h"
#include "server/ports/network.h"
#include "server/ports/timers.h"
#include "wire/counters.h"
#include "wire/frame_reader.h"
#include "wire/processor.h"

namespace henge::wire {

struct ListenerOptions {
  std::string name = "port";          // in event lines: "client port", "peer port"
  Address address;                    // port 0: any free one, see port()
  std::size_t connectionsMax = 1024;  // above it: accepted and closed at once
  std::uint32_t frameBytesMax = 0;    // core Limits::frameBytesMax()
  Framing framing = Framing::framed;  // either: answers leave as the connection's requests come
  Duration headerDeadline = 5_s;      // from a message's first byte to its fourth
  Duration bodyDeadline = 30_s;       // from a message's first byte to its last; and for the other
                                      // side to take some byte of what waits to be sent
  Duration idleDeadline = 600_s;      // nothing received, nothing owed
  std::size_t outputBytesMax = 64 << 20;  // waiting to be sent, per connection; above it no further
                                          // request is taken
  std::size_t requestsInFlightMax = 1024;  // per connection; above it no further one is taken
};

// Own accept loop and own framing, since Thrift's die of what strangers send: a length is refused
// before memory is reserved, a body grows with what really arrives, running out of descriptors
// pauses accepting instead of ending it. docs/mechanisms/wire.md
//
// A connection is read until nothing more is there, every whole frame is handled, and what the
// answers of one loop round amount to leaves in one write.
//
// Thread: the loop's. The ports and the processor outlive the listener; it is destroyed after the
// loop's last round.
class Listener {
 public:
  Listener(ListenerOptions options, ports::Network& network, ports::Clock& clock,
           ports::Timers& timers, ports::Events& events, Processor& processor);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // alreadyExists: "port 9002 on 127.0.0.1 is in use". Once.
  Status listen();
  std::uint16_t port() const;  // bound by listen()

  // No new connections.
  void stop();
  // stop(), and no new requests: each connection ends when all it is owed has been sent.
  void drain();
  // Nothing is owed to anybody: no request in flight, nothing waiting to be sent.
  bool idle() const;

  std::size_t connections() const;
  const TrafficCounters& counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace henge::wire

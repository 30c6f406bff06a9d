// What stands behind a listener: whoever understands the messages that come in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "core/bytes.h"
#include "core/result.h"
#include "core/time.h"

namespace henge::wire {

// One connection of one listener; never given twice while the process lives.
struct ConnectionId {
  std::uint64_t value = 0;
  friend auto operator<=>(const ConnectionId&, const ConnectionId&) = default;
};

}  // namespace henge::wire

template <>
struct std::hash<henge::wire::ConnectionId> {
  std::size_t operator()(henge::wire::ConnectionId id) const noexcept {
    return std::hash<std::uint64_t>()(id.value);
  }
};

namespace henge::wire {

// One message of one connection: answers are addressed by it.
struct Ticket {
  ConnectionId connection;
  std::uint64_t message = 0;  // counts from 1
};

// The listener, as the processor sees it. A connection that is gone swallows what is addressed to
// it. Thread: the loop's.
class Replies {
 public:
  // `frame` with its length in front. Exactly once per ticket. Frames leave in the order of the
  // connection's messages, unless letOvertake() was called.
  virtual void reply(Ticket ticket, Bytes frame) = 0;

  // As reply(), for a short frame: where frames may overtake, it leaves before all that wait.
  virtual void replyFirst(Ticket ticket, Bytes frame) { reply(ticket, std::move(frame)); }

  // From now on frames of this connection leave as they are given.
  virtual void letOvertake(ConnectionId connection) = 0;

  // Whether a frame of this size still fits what may wait to be sent. If not, a short refusal
  // should be given in its place.
  virtual bool hasRoom(ConnectionId connection, std::size_t frameBytes) const = 0;

  // "127.0.0.1:51234", for event lines; "" once the connection is gone.
  virtual std::string nameOf(ConnectionId connection) const = 0;

 protected:
  ~Replies() = default;
};

// Thread: the loop's.
class Processor {
 public:
  virtual ~Processor() = default;

  // Told once, before anything else; nullptr when the listener goes. Answers that come later have
  // nowhere to go and are dropped.
  virtual void attach(Replies* replies) = 0;

  // One whole message, without its length. The view dies with the call. `firstByte` is when its
  // first byte was read. The answer may be given inside the call. An error means that it is no
  // message at all: the connection is closed, with the error's sentence in the event line.
  virtual Status onMessage(Ticket ticket, BytesView message, MonoTime firstByte) = 0;

  virtual void onClosed(ConnectionId connection) = 0;
};

}  // namespace henge::wire

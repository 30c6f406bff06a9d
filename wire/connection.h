// One connection of a listener.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "wire/listener.h"
#include "wire/reply_order.h"
#include "wire/stream.h"

namespace henge::wire {

class Connection;

// What a connection asks of its listener.
class ConnectionOwner {
 public:
  virtual Status onMessage(Ticket ticket, BytesView message, MonoTime firstByte) = 0;
  virtual void flushLater(ConnectionId connection) = 0;
  // The connection is destroyed inside this call. An empty reason: nothing to tell anybody.
  virtual void onGone(ConnectionId connection, const std::string& reason) = 0;

 protected:
  ~ConnectionOwner() = default;
};

// From the accepted socket to its end. Thread: the loop's.
class Connection final : public StreamSink {
 public:
  Connection(ConnectionId id, std::unique_ptr<ports::Socket> socket, const ListenerOptions& options,
             StreamEnv env, ConnectionOwner& owner);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() { stream_->start(); }
  const std::string& name() const { return name_; }

  void reply(std::uint64_t message, Bytes frame, ReplyOrder::Urgency urgency);
  void letOvertake() { order_.letOvertake(stream_->output()); }
  bool hasRoom(std::size_t bytes) const;

  void flush();  // once a round; may end this connection
  void drain();  // no further request; ends when nothing is owed; may end this connection
  bool owesNothing() const { return order_.inFlight() == 0 && stream_->output().empty(); }

  // Which deadline has passed; nullopt: none. An idle connection's reason is "".
  std::optional<std::string> overdue(MonoTime now) const;

 private:
  bool wantsFrames() const override;
  Status onFrame(BytesView frame, MonoTime firstByte) override;
  void onTaken() override;
  void onEnd(const std::string& reason, bool orderly) override;

  std::size_t waitingBytes() const { return stream_->output().bytes() + order_.heldBytes(); }
  bool goneIfDrained();

  ConnectionId id_;
  const ListenerOptions& options_;
  StreamEnv env_;
  ConnectionOwner& owner_;
  std::string name_;
  ReplyOrder order_;
  bool draining_ = false;
  MonoTime lastReply_;
  std::shared_ptr<Stream> stream_;
};

}  // namespace henge::wire

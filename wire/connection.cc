#include "wire/connection.h"

#include <algorithm>

namespace henge::wire {

namespace {

std::string inMillis(Duration duration) { return std::to_string(duration.micros / 1000) + " ms"; }

}  // namespace

Connection::Connection(ConnectionId id, std::unique_ptr<ports::Socket> socket,
                       const ListenerOptions& options, StreamEnv env, ConnectionOwner& owner)
    : id_(id),
      options_(options),
      env_(env),
      owner_(owner),
      name_(socket->peerName()),
      lastReply_(env.clock.now()),
      stream_(std::make_shared<Stream>(
          std::move(socket), FrameReader(options.frameBytesMax, options.framing), env, *this)) {}

Connection::~Connection() { stream_->close(); }

bool Connection::wantsFrames() const {
  return !draining_ && order_.inFlight() < options_.requestsInFlightMax &&
         waitingBytes() < options_.outputBytesMax;
}

Status Connection::onFrame(BytesView frame, MonoTime firstByte) {
  return owner_.onMessage({id_, order_.begin()}, frame, firstByte);
}

void Connection::reply(std::uint64_t message, Bytes frame, ReplyOrder::Urgency urgency) {
  ++env_.counters.framesOut;
  lastReply_ = env_.clock.now();
  if (stream_->isUnframed()) frame.erase(0, frameLengthBytes);
  order_.finish(message, std::move(frame), stream_->output(), urgency);
  owner_.flushLater(id_);
}

bool Connection::hasRoom(std::size_t bytes) const {
  const std::size_t waiting = waitingBytes();
  return waiting == 0 || waiting + bytes <= options_.outputBytesMax;
}

void Connection::flush() {
  const auto stream = stream_;  // what follows may end this connection
  stream->flush();
  if (!stream->isOpen() || goneIfDrained()) return;
  stream->resume();
}

void Connection::onTaken() {
  if (!goneIfDrained()) stream_->resume();
}

bool Connection::goneIfDrained() {
  if (!draining_ || !owesNothing()) return false;
  owner_.onGone(id_, "");
  return true;
}

void Connection::drain() {
  draining_ = true;
  goneIfDrained();
}

void Connection::onEnd(const std::string& reason, bool orderly) {
  if (orderly) {
    drain();
  } else {
    owner_.onGone(id_, reason);
  }
}

std::optional<std::string> Connection::overdue(MonoTime now) const {
  const Stream& stream = *stream_;
  if (stream.isBlocked() && now - stream.lastTaken() > options_.bodyDeadline) {
    return "it took nothing of its answers for " + inMillis(options_.bodyDeadline);
  }
  if (stream.isPaused() || draining_) return std::nullopt;
  switch (stream.phase()) {
    case FrameReader::Phase::header:
      if (now - stream.frameBegan() <= options_.headerDeadline) return std::nullopt;
      return "the first four bytes of a message did not arrive within " +
             inMillis(options_.headerDeadline);
    case FrameReader::Phase::body:
      if (now - stream.frameBegan() <= options_.bodyDeadline) return std::nullopt;
      return "a message did not arrive within " + inMillis(options_.bodyDeadline);
    case FrameReader::Phase::between:
      break;
  }
  const MonoTime lastActive = std::max(stream.lastReceived(), lastReply_);
  if (!owesNothing() || now - lastActive <= options_.idleDeadline) return std::nullopt;
  return "";
}

}  // namespace henge::wire

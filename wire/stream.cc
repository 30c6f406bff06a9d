#include "wire/stream.h"

#include <array>
#include <utility>

#include "core/rehearsal.h"

namespace henge::wire {

namespace {

constexpr std::size_t chunksPerWrite = 64;

}  // namespace

Stream::Stream(std::unique_ptr<ports::Socket> socket, FrameReader frames, StreamEnv env,
               StreamSink& sink)
    : env_(env),
      sink_(&sink),
      frames_(std::move(frames)),
      frameBegan_(env.clock.now()),
      lastReceived_(frameBegan_),
      lastTaken_(frameBegan_),
      socket_(std::move(socket)) {}

void Stream::start() {
  socket_->attach(*this);
  socket_->awaitReadable();
}

void Stream::onReadable() {
  const auto self = shared_from_this();  // a frame may end the connection that owns this
  for (int reads = 0; reads < readsInARowMax && readOnce(); ++reads) {
  }
  settle();
}

// False: not again in this event.
bool Stream::readOnce() {
  const std::span<char> space = frames_.space(env_.readSpace.lend());
  const Result<std::optional<std::size_t>> got = socket_->read(space);
  if (!got.ok()) return end(got.error().message, false), false;
  if (!got->has_value()) return false;
  const std::size_t bytes = **got;
  if (bytes == 0) {
    return end("closed by the other side", phase() == FrameReader::Phase::between), false;
  }
  lastReceived_ = env_.clock.now();
  if (phase() == FrameReader::Phase::between) frameBegan_ = lastReceived_;
  frames_.received(bytes);
  ++env_.counters.reads;
  env_.counters.bytesIn += bytes;
  pump();
  // Less than there was room for: most likely that was all. Waiting is right in any case.
  return bytes == space.size() && sink_ != nullptr && !paused_ && !ended_;
}

void Stream::pump() {
  while (sink_ != nullptr && !ended_) {
    paused_ = !sink_->wantsFrames();
    if (paused_) return probe("stream: stops reading until there is room");
    const Result<std::optional<BytesView>> frame = frames_.next();
    if (!frame.ok()) return end(frame.error().message, false);
    if (!frame->has_value()) return;
    ++env_.counters.framesIn;
    const MonoTime firstByte = std::exchange(frameBegan_, lastReceived_);
    const Status status = sink_->onFrame(**frame, firstByte);
    if (!status.ok()) return end(status.error().message, false);
  }
}

// Gives the lent space back, and waits for more if more is wanted.
void Stream::settle() {
  if (sink_ == nullptr || ended_) return;
  frames_.keepRest();
  if (!paused_) socket_->awaitReadable();
}

void Stream::resume() {
  if (!paused_ || sink_ == nullptr || ended_) return;
  const auto self = shared_from_this();
  pump();
  settle();
}

void Stream::flush() {
  if (sink_ == nullptr || blocked_) return;
  const auto self = shared_from_this();
  while (!output_.empty()) {
    std::array<BytesView, chunksPerWrite> chunks;
    const std::size_t count = output_.gather(chunks);
    std::size_t offered = 0;
    for (std::size_t i = 0; i < count; ++i) offered += chunks[i].size();
    const Result<std::size_t> taken = socket_->write(std::span(chunks).first(count));
    if (!taken.ok()) return end(taken.error().message, false);
    if (*taken > 0) {
      ++env_.counters.writes;
      env_.counters.bytesOut += *taken;
      output_.taken(*taken);
    }
    if (*taken < offered) return waitWritable();
  }
}

void Stream::waitWritable() {
  probe("stream: what is written waits");
  blocked_ = true;
  lastTaken_ = env_.clock.now();
  socket_->awaitWritable();
}

void Stream::onWritable() {
  const auto self = shared_from_this();
  blocked_ = false;
  flush();
  if (sink_ != nullptr) sink_->onTaken();
}

void Stream::end(const std::string& reason, bool orderly) {
  ended_ = true;
  if (sink_ == nullptr) return;  // closed inside the call that failed
  sink_->onEnd(reason, orderly);
}

void Stream::close() {
  sink_ = nullptr;
  socket_.reset();
}

}  // namespace henge::wire

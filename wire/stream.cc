#include "wire/stream.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <utility>
#include <vector>

#include "wire/net_words.h"

namespace henge::wire {

namespace {

constexpr std::size_t chunksPerWrite = 64;

namespace asio = boost::asio;

}  // namespace

Stream::Stream(asio::ip::tcp::socket socket, std::uint32_t frameBytesMax, ports::Clock& clock,
               TrafficCounters& counters, StreamSink& sink)
    : socket_(std::move(socket)),
      clock_(clock),
      counters_(counters),
      sink_(&sink),
      frames_(frameBytesMax),
      frameBegan_(clock.now()),
      lastReceived_(frameBegan_),
      lastTaken_(frameBegan_) {}

void Stream::start() {
  ErrorCode ignored;  // a socket that is already gone says so at the first read
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  read();
}

void Stream::read() {
  if (sink_ == nullptr || reading_ || ended_) return;
  reading_ = true;
  const std::span<char> space = frames_.space();
  socket_.async_read_some(asio::buffer(space.data(), space.size()),
                          [self = shared_from_this()](const ErrorCode& error, std::size_t bytes) {
                            self->onRead(error, bytes);
                          });
}

void Stream::onRead(const ErrorCode& error, std::size_t bytes) {
  reading_ = false;
  if (sink_ == nullptr) return;
  if (error) {
    const bool eof = error == asio::error::eof;
    end(eof ? "closed by the other side" : netWords(error.value()),
        eof && phase() == FrameReader::Phase::between);
    return;
  }
  lastReceived_ = clock_.now();
  if (phase() == FrameReader::Phase::between) frameBegan_ = lastReceived_;
  frames_.received(bytes);
  ++counters_.reads;
  counters_.bytesIn += bytes;
  pump();
}

void Stream::pump() {
  while (sink_ != nullptr && !ended_) {
    paused_ = !sink_->wantsFrames();
    if (paused_) return;
    const Result<std::optional<BytesView>> frame = frames_.next();
    if (!frame.ok()) return end(frame.error().message, false);
    if (!frame->has_value()) return read();
    ++counters_.framesIn;
    const MonoTime firstByte = std::exchange(frameBegan_, lastReceived_);
    const Status status = sink_->onFrame(**frame, firstByte);
    if (!status.ok()) return end(status.error().message, false);
  }
}

void Stream::resume() {
  const auto self = shared_from_this();  // a frame may end the connection that owns this
  if (paused_ && sink_ != nullptr) pump();
}

void Stream::flush() {
  if (sink_ == nullptr || blocked_) return;
  const auto self = shared_from_this();
  while (!output_.empty()) {
    std::array<BytesView, chunksPerWrite> chunks;
    const std::size_t count = output_.gather(chunks);
    std::vector<asio::const_buffer> buffers;
    buffers.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      buffers.emplace_back(chunks[i].data(), chunks[i].size());
    ErrorCode error;
    const std::size_t taken = socket_.write_some(buffers, error);
    if (error == asio::error::would_block) return waitWritable();
    if (error) return end(netWords(error.value()), false);
    ++counters_.writes;
    counters_.bytesOut += taken;
    output_.taken(taken);
  }
}

void Stream::waitWritable() {
  blocked_ = true;
  lastTaken_ = clock_.now();
  socket_.async_wait(asio::ip::tcp::socket::wait_write,
                     [self = shared_from_this()](const ErrorCode& error) {
                       if (self->sink_ == nullptr) return;
                       self->blocked_ = false;
                       if (error) return self->end(netWords(error.value()), false);
                       self->flush();
                       if (self->sink_ != nullptr) self->sink_->onTaken();
                     });
}

void Stream::end(const std::string& reason, bool orderly) {
  ended_ = true;
  if (sink_ == nullptr) return;  // closed inside the call that failed
  sink_->onEnd(reason, orderly);
}

void Stream::close() {
  sink_ = nullptr;
  ErrorCode ignored;
  socket_.close(ignored);
}

}  // namespace henge::wire

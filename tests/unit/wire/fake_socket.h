// A socket in memory: a test says what comes in and how much goes out.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "server/ports/network.h"

namespace henge::wire {

// What is left of a socket when its owner has destroyed it.
struct SocketState {
  ports::SocketSink* sink = nullptr;
  bool isOpen = true;
  bool awaitsReadable = false;
  bool awaitsWritable = false;

  Bytes incoming;
  bool ended = false;                  // by the other side, after `incoming`
  std::optional<std::string> failure;  // after `incoming`
  int reads = 0;

  Bytes sent;
  std::size_t roomToSend = 1 << 30;

  // One event each, if it is awaited.
  void tellReadable() {
    if (std::exchange(awaitsReadable, false)) sink->onReadable();
  }
  void tellWritable() {
    if (std::exchange(awaitsWritable, false)) sink->onWritable();
  }
};

class FakeSocket final : public ports::Socket {
 public:
  explicit FakeSocket(std::shared_ptr<SocketState> state) : state_(std::move(state)) {}
  ~FakeSocket() override { *state_ = closed(); }

  void attach(ports::SocketSink& sink) override { state_->sink = &sink; }
  void awaitReadable() override { state_->awaitsReadable = true; }
  void awaitWritable() override { state_->awaitsWritable = true; }
  std::string peerName() const override { return "10.0.0.9:9"; }

  Result<std::optional<std::size_t>> read(std::span<char> space) override {
    ++state_->reads;
    Bytes& incoming = state_->incoming;
    if (incoming.empty() && state_->failure) {
      return Error{ErrorKind::unavailable, *state_->failure};
    }
    if (incoming.empty() && state_->ended) return std::optional<std::size_t>(0);
    if (incoming.empty()) return std::optional<std::size_t>();
    const std::size_t bytes = incoming.copy(space.data(), space.size());
    incoming.substr(bytes).swap(incoming);  // holds no more than what is left
    return std::optional<std::size_t>(bytes);
  }

  Result<std::size_t> write(std::span<const BytesView> chunks) override {
    std::size_t taken = 0;
    for (const BytesView& chunk : chunks) {
      const std::size_t now = std::min(chunk.size(), state_->roomToSend);
      state_->sent += chunk.substr(0, now);
      state_->roomToSend -= now;
      taken += now;
    }
    return taken;
  }

 private:
  SocketState closed() const {
    SocketState state;
    state.isOpen = false;
    state.reads = state_->reads;
    state.sent = state_->sent;
    return state;
  }

  std::shared_ptr<SocketState> state_;
};

}  // namespace henge::wire

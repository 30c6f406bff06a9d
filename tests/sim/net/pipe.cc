#include "tests/sim/net/pipe.h"

#include <algorithm>
#include <cassert>

namespace henge::sim {

namespace {

// Read bytes and arrived packets are dropped when they are this many and more than what is left.
constexpr std::size_t idleBytesMax = 4096;
constexpr std::size_t idlePacketsMax = 32;

}  // namespace

std::uint32_t Pipe::append(std::span<const BytesView> chunks, std::uint32_t limit) {
  std::uint32_t taken = 0;
  for (const BytesView chunk : chunks) {
    const BytesView some = chunk.substr(0, limit - taken);
    if (!swallows_ && !some.empty()) load().bytes.append(some);
    taken += static_cast<std::uint32_t>(some.size());
  }
  outstanding_ += taken;
  return taken;
}

void Pipe::takeBack(std::uint32_t bytes) {
  if (bytes == 0 || swallows_) return;
  load_->bytes.resize(load_->bytes.size() - bytes);
  shrink();
}

void Pipe::send(Packet packet, MonoTime at, std::uint32_t bytes) {
  if (swallows_) return;
  lastAt_ = std::max(lastAt_, at);
  load().packets.push_back({lastAt_, bytes, packet});
}

std::uint32_t Pipe::packetsOnWire() const {
  return load_ ? static_cast<std::uint32_t>(load_->packets.size() - load_->next) : 0;
}

Pipe::Arrived Pipe::arrive() {
  const Sent& sent = load_->packets[load_->next++];
  const BytesView view = BytesView(load_->bytes).substr(load_->read + arrived_, sent.bytes);
  assert(view.size() == sent.bytes);
  arrived_ += sent.bytes;
  const Arrived arrived{sent.kind, view};
  if (view.empty()) shrink();
  return arrived;
}

void Pipe::delay(MonoTime notBefore) {
  if (!isOnWire()) return;
  for (std::size_t i = load_->next; i < load_->packets.size(); ++i)
    load_->packets[i].at = std::max(load_->packets[i].at, notBefore);
  lastAt_ = std::max(lastAt_, notBefore);
}

void Pipe::dropWire(std::uint32_t keep) {
  if (!load_) return;
  const std::size_t end = std::min(load_->next + keep, load_->packets.size());
  std::size_t kept = load_->read + arrived_;
  for (std::size_t i = load_->next; i < end; ++i) kept += load_->packets[i].bytes;
  load_->packets.resize(end);
  load_->bytes.resize(kept);
  shrink();
}

std::uint32_t Pipe::read(std::span<char> space) {
  const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(space.size(), arrived_));
  if (count == 0) return 0;
  load_->bytes.copy(space.data(), count, load_->read);
  load_->read += count;
  arrived_ -= count;
  outstanding_ -= count;
  shrink();
  return count;
}

void Pipe::discardArrived() {
  if (arrived_ == 0) return;
  load_->read += arrived_;
  outstanding_ -= arrived_;
  arrived_ = 0;
  shrink();
}

Pipe::Load& Pipe::load() {
  if (!load_) load_ = std::make_unique<Load>();
  return *load_;
}

void Pipe::shrink() {
  Load& load = *load_;
  const std::size_t bytesLeft = load.bytes.size() - load.read;
  const std::size_t packetsLeft = load.packets.size() - load.next;
  if (bytesLeft == 0 && packetsLeft == 0) {
    load_.reset();
    return;
  }
  if (load.read > std::max(idleBytesMax, bytesLeft)) {
    load.bytes.erase(0, load.read);
    load.read = 0;
  }
  if (load.next > std::max(idlePacketsMax, packetsLeft)) {
    load.packets.erase(load.packets.begin(),
                       load.packets.begin() + static_cast<std::ptrdiff_t>(load.next));
    load.next = 0;
  }
}

}  // namespace henge::sim

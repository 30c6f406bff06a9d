#include "tests/unit/wire/raw_client.h"

#include <arpa/inet.h>
#include <array>
#include <cassert>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "wire/frame_reader.h"

namespace henge::wire {

RawClient::RawClient(std::uint16_t port, int receiveBytes)
    : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
  if (receiveBytes > 0) {
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receiveBytes, sizeof receiveBytes);
  }
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  [[maybe_unused]] const int connected =
      ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  assert(connected == 0);
  ::fcntl(descriptor_, F_SETFL, O_NONBLOCK);
}

RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      ended_(other.ended_),
      frames_(std::move(other.frames_)),
      rest_(std::move(other.rest_)) {}

RawClient::~RawClient() { close(); }

std::size_t RawClient::send(BytesView bytes) {
  std::size_t all = 0;
  while (all < bytes.size()) {
    const ssize_t sent = ::send(descriptor_, bytes.data() + all, bytes.size() - all, MSG_NOSIGNAL);
    if (sent <= 0) break;
    all += static_cast<std::size_t>(sent);
  }
  return all;
}

void RawClient::endSending() { ::shutdown(descriptor_, SHUT_WR); }

void RawClient::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void RawClient::reset() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

bool RawClient::poll() {
  std::array<char, 64 * 1024> space;
  while (!ended_ && descriptor_ >= 0) {
    const ssize_t got = ::recv(descriptor_, space.data(), space.size(), 0);
    if (got > 0) {
      rest_.append(space.data(), static_cast<std::size_t>(got));
      unframed_ ? cutUnframed() : cut();
    } else {
      ended_ = got == 0 || (errno != EAGAIN && errno != EINTR);
      break;
    }
  }
  return ended_;
}

bool RawClient::isEnded() { return poll(); }

const std::vector<Bytes>& RawClient::frames() {
  poll();
  return frames_;
}

void RawClient::cut() {
  std::size_t at = 0;
  while (rest_.size() - at >= 4) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      length = length << 8 | static_cast<unsigned char>(rest_[at + i]);
    }
    if (rest_.size() - at - 4 < length) break;
    frames_.push_back(rest_.substr(at + 4, length));
    at += 4 + length;
  }
  rest_.erase(0, at);
}

void RawClient::cutUnframed() {
  constexpr std::uint32_t answerBytesMax = 64 << 20;
  if (rest_.empty()) return;
  FrameReader reader(answerBytesMax, Framing::either);
  reader.received(reader.space(rest_).size());
  for (auto message = reader.next(); message.ok() && *message; message = reader.next()) {
    frames_.emplace_back(**message);
  }
  rest_.erase(0, rest_.size() - reader.buffered());
}

Bytes framed(BytesView body) {
  Bytes out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(body.size() >> shift));
  }
  return out.append(body);
}

}  // namespace henge::wire

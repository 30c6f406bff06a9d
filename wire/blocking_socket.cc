#include "wire/blocking_socket.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "core/net_words.h"

namespace henge::wire {

namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Addresses lookUp(const Address& address) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  if (::getaddrinfo(address.host.c_str(), port.c_str(), &wanted, &found) != 0) found = nullptr;
  return {found, &::freeaddrinfo};
}

int openSocket(int family) {
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int yes = 1;
  if (descriptor >= 0) {
    (void)::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  return descriptor;
}

int pendingError(int descriptor) {
  int error = 0;
  socklen_t size = sizeof error;
  (void)::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

bool mayTryAgain(int errnoValue) {
  return errnoValue == EAGAIN || errnoValue == EWOULDBLOCK || errnoValue == EINTR;
}

}  // namespace

MonoTime monotonicNow() {
  const auto sinceEpoch = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(sinceEpoch).count()};
}

BlockingSocket::BlockingSocket(BlockingSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), interrupt_(other.interrupt_) {}

BlockingSocket& BlockingSocket::operator=(BlockingSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(interrupt_, other.interrupt_);
  return *this;
}

BlockingSocket::~BlockingSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<BlockingSocket> BlockingSocket::connect(const Address& address, MonoTime deadline,
                                               int interrupt) {
  const Addresses addresses = lookUp(address);
  if (!addresses) {
    return Error{ErrorKind::unavailable, "the host name '" + address.host + "' is not known"};
  }
  std::string reason;
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    const int descriptor = openSocket(one->ai_family);
    if (descriptor < 0) return Error{ErrorKind::unavailable, netWords(errno)};
    BlockingSocket socket(descriptor, interrupt);
    int error = ::connect(descriptor, one->ai_addr, one->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
      error = socket.waitFor(POLLOUT, deadline) ? pendingError(descriptor) : ETIMEDOUT;
    }
    if (error == 0) return socket;
    if (socket.isInterrupted()) return Error{ErrorKind::unavailable, socket.silence()};
    reason = netWords(error);
  }
  return Error{ErrorKind::unavailable, reason};
}

bool BlockingSocket::isInterrupted() const {
  pollfd asked{interrupt_, POLLIN, 0};
  return ::poll(&asked, 1, 0) > 0;
}

const char* BlockingSocket::silence() const {
  return isInterrupted() ? "interrupted" : "no answer in time";
}

// True: ready, or failed, which the next call will say. False: the deadline has passed, or nobody
// wants to wait any longer.
bool BlockingSocket::waitFor(short events, MonoTime deadline) const {
  while (true) {
    const std::int64_t micros = std::max<std::int64_t>((deadline - monotonicNow()).micros, 0);
    const std::int64_t millis = std::min<std::int64_t>((micros + 999) / 1000, 3'600'000);
    pollfd waiting[] = {{descriptor_, events, 0}, {interrupt_, POLLIN, 0}};
    const int ready = ::poll(waiting, 2, static_cast<int>(millis));
    if (ready > 0) return waiting[1].revents == 0;
    if (ready < 0 && errno != EINTR) return true;
    if (micros == 0) return false;
  }
}

Status BlockingSocket::send(BytesView bytes, MonoTime deadline) {
  ErrorKind kind = ErrorKind::unavailable;  // until a byte has left
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      kind = ErrorKind::timeout;
    } else if (!mayTryAgain(errno)) {
      return Error{kind, netWords(errno)};
    } else if (!waitFor(POLLOUT, deadline)) {
      return Error{kind, silence()};
    }
  }
  return {};
}

Result<std::size_t> BlockingSocket::receive(std::span<char> space, MonoTime deadline) {
  while (true) {
    const ssize_t got = ::recv(descriptor_, space.data(), space.size(), 0);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got == 0) return Error{ErrorKind::timeout, "connection closed by the other side"};
    if (!mayTryAgain(errno)) return Error{ErrorKind::timeout, netWords(errno)};
    if (!waitFor(POLLIN, deadline)) return Error{ErrorKind::timeout, silence()};
  }
}

bool BlockingSocket::isStale() const {
  char byte = 0;
  const ssize_t got = ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got >= 0 || !mayTryAgain(errno);
}

}  // namespace henge::wire

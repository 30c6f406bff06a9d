#include "tests/unit/wire/raw_server.h"

#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace henge::wire {

Bytes RawServer::Connection::receive() {
  std::array<char, 64 * 1024> space;
  const ssize_t got = ::recv(descriptor_, space.data(), space.size(), 0);
  return got > 0 ? Bytes(space.data(), static_cast<std::size_t>(got)) : Bytes();
}

void RawServer::Connection::receiveUntilEnd() {
  while (!receive().empty()) {
  }
}

void RawServer::Connection::send(BytesView bytes) {
  (void)::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

RawServer::RawServer(std::function<void(Connection&)> serve)
    : serve_(std::move(serve)), listening_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  (void)::bind(listening_, reinterpret_cast<const sockaddr*>(&at), sizeof at);
  (void)::listen(listening_, 16);
  socklen_t size = sizeof at;
  (void)::getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &size);
  port_ = ntohs(at.sin_port);
  thread_ = std::thread([this] { run(); });
}

RawServer::~RawServer() {
  stopping_ = true;
  thread_.join();
  ::close(listening_);
}

void RawServer::run() {
  while (!stopping_) {
    pollfd waiting{listening_, POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    const int descriptor = ::accept(listening_, nullptr, nullptr);
    if (descriptor < 0) continue;
    Connection connection(descriptor);
    serve_(connection);
    ::close(descriptor);
  }
}

}  // namespace henge::wire

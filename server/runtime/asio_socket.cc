#include "server/runtime/asio_socket.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

#include "core/net_words.h"

namespace henge::runtime {

namespace {

using ErrorCode = boost::system::error_code;
using boost::asio::ip::tcp;

constexpr std::size_t chunksPerCall = 64;

Error lost(int errnoValue) { return {ErrorKind::unavailable, netWords(errnoValue)}; }

// How many bytes the kernel took, 0 if it takes none now; -1: errno says why.
ssize_t sendOnce(int descriptor, std::span<const BytesView> chunks) {
  std::array<iovec, chunksPerCall> pieces;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    pieces[i] = {const_cast<char*>(chunks[i].data()), chunks[i].size()};
  }
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = chunks.size();
  while (true) {
    const ssize_t sent = ::sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return sent;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    if (errno != EINTR) return -1;
  }
}

std::size_t bytesOf(std::span<const BytesView> chunks) {
  std::size_t bytes = 0;
  for (const BytesView& chunk : chunks) bytes += chunk.size();
  return bytes;
}

}  // namespace

AsioSocket::AsioSocket(tcp::socket socket) : core_(std::make_shared<Core>(std::move(socket))) {
  ErrorCode ignored;  // a socket that is already gone says so at the first read
  core_->socket.set_option(tcp::no_delay(true), ignored);
}

AsioSocket::~AsioSocket() {
  core_->sink = nullptr;
  ErrorCode ignored;
  core_->socket.close(ignored);
}

void AsioSocket::attach(ports::SocketSink& sink) {
  assert(core_->sink == nullptr);
  core_->sink = &sink;
}

void AsioSocket::awaitReadable() {
  assert(core_->sink != nullptr && !core_->awaitsReadable);
  core_->awaitsReadable = true;
  core_->socket.async_wait(tcp::socket::wait_read, [core = core_](const ErrorCode& /*error*/) {
    core->awaitsReadable = false;
    if (core->sink != nullptr) core->sink->onReadable();
  });
}

Result<std::optional<std::size_t>> AsioSocket::read(std::span<char> space) {
  assert(!space.empty());
  while (true) {
    const ssize_t got =
        ::recv(core_->socket.native_handle(), space.data(), space.size(), MSG_DONTWAIT);
    if (got >= 0) return std::optional<std::size_t>(got);
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::optional<std::size_t>();
    if (errno != EINTR) return lost(errno);
  }
}

void AsioSocket::awaitWritable() {
  assert(core_->sink != nullptr && !core_->awaitsWritable);
  core_->awaitsWritable = true;
  core_->socket.async_wait(tcp::socket::wait_write, [core = core_](const ErrorCode& /*error*/) {
    core->awaitsWritable = false;
    if (core->sink != nullptr) core->sink->onWritable();
  });
}

Result<std::size_t> AsioSocket::write(std::span<const BytesView> chunks) {
  std::size_t taken = 0;
  while (!chunks.empty()) {
    const auto now = chunks.first(std::min(chunks.size(), chunksPerCall));
    const ssize_t sent = sendOnce(core_->socket.native_handle(), now);
    if (sent < 0) return lost(errno);
    taken += static_cast<std::size_t>(sent);
    if (static_cast<std::size_t>(sent) < bytesOf(now)) break;
    chunks = chunks.subspan(now.size());
  }
  return taken;
}

std::string AsioSocket::peerName() const {
  ErrorCode error;
  const tcp::endpoint endpoint = core_->socket.remote_endpoint(error);
  if (error) return "a connection that is gone";
  ErrorCode ignored;
  return toString(Address{endpoint.address().to_string(ignored), endpoint.port()});
}

}  // namespace henge::runtime

#include "server/runtime/acceptor.h"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "core/net_words.h"
#include "server/runtime/asio_socket.h"

namespace henge::runtime {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

int openSpare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

Error cannotListen(const Address& address, int errnoValue) {
  const std::string where = "port " + std::to_string(address.port) + " on " + address.host;
  if (errnoValue == EADDRINUSE) return {ErrorKind::alreadyExists, where + " is in use"};
  if (errnoValue == EADDRNOTAVAIL) {
    return {ErrorKind::io, "cannot listen on " + toString(address) + ": " + address.host +
                               " is not an address of this machine"};
  }
  return {ErrorKind::io, "cannot listen on " + toString(address) + ": " + netWords(errnoValue)};
}

Result<tcp::endpoint> endpointOf(asio::io_context& io, const Address& address) {
  ErrorCode error;
  const auto numeric = asio::ip::make_address(address.host, error);
  if (!error) return tcp::endpoint(numeric, address.port);
  tcp::resolver resolver(io);  // waits: only before the loop runs
  const auto found =
      resolver.resolve(address.host, std::to_string(address.port), tcp::resolver::passive, error);
  if (error || found.empty()) {
    return Error{ErrorKind::notFound, "the host name '" + address.host + "' is not known here"};
  }
  return found.begin()->endpoint();
}

}  // namespace

struct Acceptor::Core : std::enable_shared_from_this<Acceptor::Core> {
  Core(asio::io_context& io, ports::AcceptSink& toTell)
      : acceptor(io), pauseEnd(io), sink(&toTell), spare(openSpare()) {}
  ~Core() {
    if (spare >= 0) ::close(spare);
  }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  Status open(const Address& address, const tcp::endpoint& endpoint);
  void accept();
  void onFailed(int errnoValue);
  void turnAway();
  void close();

  tcp::acceptor acceptor;
  asio::steady_timer pauseEnd;
  ports::AcceptSink* sink;  // nullptr once closed
  int spare;                // a descriptor that is kept only to be given up
};

Status Acceptor::Core::open(const Address& address, const tcp::endpoint& endpoint) {
  ErrorCode error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (!error) acceptor.non_blocking(true, error);
  if (error) return cannotListen(address, error.value());
  return {};
}

void Acceptor::Core::accept() {
  acceptor.async_accept([self = shared_from_this()](const ErrorCode& error, tcp::socket socket) {
    if (self->sink == nullptr) return;
    if (error) return self->onFailed(error.value());
    self->sink->onAccepted(std::unique_ptr<ports::Socket>(new AsioSocket(std::move(socket))));
    if (self->sink != nullptr) self->accept();
  });
}

void Acceptor::Core::onFailed(int errnoValue) {
  if (errnoValue == EMFILE || errnoValue == ENFILE) turnAway();
  pauseEnd.expires_after(std::chrono::microseconds(pause.micros));
  pauseEnd.async_wait([self = shared_from_this()](const ErrorCode& /*error*/) {
    if (self->sink != nullptr) self->accept();
  });
  sink->onAcceptTrouble("a connection could not be accepted: " + netWords(errnoValue));
}

// With the spare given up there is one descriptor to accept with, and to close at once.
void Acceptor::Core::turnAway() {
  if (spare >= 0) ::close(std::exchange(spare, -1));
  for (int i = 0; i < turnedAwayPerPause; ++i) {
    const int waiting = ::accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
    if (waiting < 0) break;
    ::close(waiting);
  }
  spare = openSpare();
}

void Acceptor::Core::close() {
  sink = nullptr;
  ErrorCode ignored;
  acceptor.close(ignored);
  pauseEnd.cancel(ignored);
}

Acceptor::Acceptor(std::shared_ptr<Core> core) : core_(std::move(core)) {
  ErrorCode ignored;
  number_ = core_->acceptor.local_endpoint(ignored).port();
}

Acceptor::~Acceptor() { core_->close(); }

Result<std::unique_ptr<ports::ListeningPort>> Acceptor::listen(asio::io_context& io,
                                                               const Address& address,
                                                               ports::AcceptSink& sink) {
  const auto endpoint = endpointOf(io, address);
  if (!endpoint.ok()) return endpoint.error();
  const auto core = std::make_shared<Core>(io, sink);
  if (const Status opened = core->open(address, *endpoint); !opened.ok()) return opened.error();
  core->accept();
  return std::unique_ptr<ports::ListeningPort>(new Acceptor(core));
}

}  // namespace henge::runtime

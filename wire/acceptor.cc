#include "wire/acceptor.h"

#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "wire/net_words.h"

namespace henge::wire {

namespace asio = boost::asio;
using asio::ip::tcp;

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
  boost::system::error_code error;
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

Acceptor::Acceptor(asio::io_context& io, ports::Clock& clock, ports::Timers& timers,
                   LineLimiter& lines, std::string name, AcceptSink& sink)
    : acceptor_(io),
      clock_(clock),
      timers_(timers),
      lines_(lines),
      name_(std::move(name)),
      sink_(&sink),
      spare_(openSpare()) {}

Acceptor::~Acceptor() {
  if (spare_ >= 0) ::close(spare_);
}

Status Acceptor::listen(const Address& address) {
  const auto endpoint =
      endpointOf(static_cast<asio::io_context&>(acceptor_.get_executor().context()), address);
  if (!endpoint.ok()) return endpoint.error();
  ErrorCode error;
  acceptor_.open(endpoint->protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(*endpoint, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (error) {
    stop();
    return cannotListen(address, error.value());
  }
  port_ = acceptor_.local_endpoint(error).port();
  accept();
  return {};
}

void Acceptor::accept() {
  if (sink_ == nullptr || !acceptor_.is_open()) return;
  acceptor_.async_accept([self = shared_from_this()](const ErrorCode& error, tcp::socket socket) {
    if (self->sink_ == nullptr || !self->acceptor_.is_open()) return;
    if (error) return self->onFailed(error);
    self->sink_->onAccepted(std::move(socket));
    self->accept();
  });
}

void Acceptor::onFailed(const ErrorCode& error) {
  lines_.note(ports::Severity::error, "accept",
              name_ + ": a connection could not be accepted: " + netWords(error.value()));
  if (error.value() == EMFILE || error.value() == ENFILE) turnAway();
  timers_.wakeAt(clock_.now() + pause, *this, 0);
}

void Acceptor::onTimer(std::uint64_t /*token*/) { accept(); }

// With the spare given up there is one descriptor to accept with, and to close at once.
void Acceptor::turnAway() {
  if (spare_ >= 0) ::close(std::exchange(spare_, -1));
  for (int i = 0; i < turnedAwayPerPause; ++i) {
    const int waiting = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
    if (waiting < 0) break;
    ::close(waiting);
  }
  spare_ = openSpare();
}

void Acceptor::stop() {
  ErrorCode ignored;
  acceptor_.close(ignored);
}

void Acceptor::close() {
  sink_ = nullptr;
  stop();
}

}  // namespace henge::wire

#include "server/runtime/dial.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <utility>

#include "core/net_words.h"
#include "server/runtime/asio_socket.h"

namespace henge::runtime {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

struct AsioDial::Attempt : std::enable_shared_from_this<AsioDial::Attempt> {
  Attempt(asio::io_context& io, ports::DialSink& toTell)
      : resolver(io), socket(io), sink(&toTell) {}

  void start(const Address& address);
  void connect(const tcp::resolver::results_type& addresses);
  void finish(const ErrorCode& error);

  tcp::resolver resolver;
  tcp::socket socket;
  ports::DialSink* sink;  // nullptr once it is over
};

void AsioDial::Attempt::start(const Address& address) {
  ErrorCode error;
  const auto numeric = asio::ip::make_address(address.host, error);
  const std::string port = std::to_string(address.port);
  if (!error) {
    const tcp::endpoint endpoint(numeric, address.port);
    return connect(tcp::resolver::results_type::create(endpoint, address.host, port));
  }
  resolver.async_resolve(
      address.host, port,
      [self = shared_from_this()](const ErrorCode& failed, tcp::resolver::results_type addresses) {
        if (self->sink == nullptr) return;
        if (!failed) return self->connect(addresses);
        std::exchange(self->sink, nullptr)
            ->onDialled(Error{ErrorKind::unavailable, "the host name is not known"});
      });
}

void AsioDial::Attempt::connect(const tcp::resolver::results_type& addresses) {
  asio::async_connect(socket, addresses,
                      [self = shared_from_this()](const ErrorCode& error, const tcp::endpoint&) {
                        if (self->sink != nullptr) self->finish(error);
                      });
}

void AsioDial::Attempt::finish(const ErrorCode& error) {
  ports::DialSink& toTell = *std::exchange(sink, nullptr);
  if (error) return toTell.onDialled(Error{ErrorKind::unavailable, netWords(error.value())});
  toTell.onDialled(std::unique_ptr<ports::Socket>(new AsioSocket(std::move(socket))));
}

AsioDial::AsioDial(asio::io_context& io, const Address& address, ports::DialSink& sink)
    : attempt_(std::make_shared<Attempt>(io, sink)) {
  attempt_->start(address);
}

AsioDial::~AsioDial() {
  attempt_->sink = nullptr;
  attempt_->resolver.cancel();
  ErrorCode ignored;
  attempt_->socket.close(ignored);
}

}  // namespace henge::runtime

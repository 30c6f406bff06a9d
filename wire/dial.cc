#include "wire/dial.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <utility>

#include "wire/net_words.h"

namespace henge::wire {

namespace asio = boost::asio;
using asio::ip::tcp;

Dial::Dial(asio::io_context& io, DialSink& sink) : resolver_(io), socket_(io), sink_(&sink) {}

void Dial::start(const Address& address) {
  ErrorCode error;
  const auto numeric = asio::ip::make_address(address.host, error);
  const std::string port = std::to_string(address.port);
  if (!error) {
    const tcp::endpoint endpoint(numeric, address.port);
    return connect(tcp::resolver::results_type::create(endpoint, address.host, port));
  }
  resolver_.async_resolve(
      address.host, port,
      [self = shared_from_this()](const ErrorCode& failed, tcp::resolver::results_type addresses) {
        if (self->sink_ == nullptr) return;
        if (!failed) return self->connect(std::move(addresses));
        std::exchange(self->sink_, nullptr)
            ->onDialled(Error{ErrorKind::unavailable, "the host name is not known"});
      });
}

void Dial::connect(tcp::resolver::results_type addresses) {
  asio::async_connect(
      socket_, addresses,
      [self = shared_from_this()](const ErrorCode& error, const tcp::endpoint& /*to*/) {
        if (self->sink_ != nullptr) self->finish(error);
      });
}

void Dial::finish(const ErrorCode& error) {
  DialSink& sink = *std::exchange(sink_, nullptr);
  if (error) {
    sink.onDialled(Error{ErrorKind::unavailable, netWords(error.value())});
  } else {
    sink.onDialled(std::move(socket_));
  }
}

void Dial::cancel() {
  sink_ = nullptr;
  resolver_.cancel();
  ErrorCode ignored;
  socket_.close(ignored);
}

}  // namespace henge::wire

// TCP.
#pragma once

#include "server/ports/network.h"

namespace boost::asio {
class io_context;
}

namespace henge::runtime {

class Loop;

// Thread: the loop's. The loop outlives it. listen() looks names up while it waits: call it before
// the loop runs, or with a number.
class AsioNetwork final : public ports::Network {
 public:
  explicit AsioNetwork(Loop& loop);
  explicit AsioNetwork(boost::asio::io_context& io) : io_(io) {}  // of a loop of another kind

  std::unique_ptr<ports::Dial> dial(const Address& address, ports::DialSink& sink) override;
  Result<std::unique_ptr<ports::ListeningPort>> listen(const Address& address,
                                                       ports::AcceptSink& sink) override;

 private:
  boost::asio::io_context& io_;
};

}  // namespace henge::runtime

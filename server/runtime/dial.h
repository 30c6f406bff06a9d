// From an address to a connected socket. Private to runtime: Asio's headers are in it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "server/ports/network.h"

namespace henge::runtime {

// One attempt, begun at once. Numeric addresses are dialled as they are; names are looked up first,
// by Asio's own thread.
class AsioDial final : public ports::Dial {
 public:
  AsioDial(boost::asio::io_context& io, const Address& address, ports::DialSink& sink);
  ~AsioDial() override;
  AsioDial(const AsioDial&) = delete;
  AsioDial& operator=(const AsioDial&) = delete;

 private:
  struct Attempt;
  std::shared_ptr<Attempt> attempt_;  // its events hold on to it too
};

}  // namespace henge::runtime

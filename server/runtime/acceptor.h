// The accept loop that goes on whatever happens. Private to runtime: Asio's headers are in it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "core/time.h"
#include "server/ports/network.h"

namespace henge::runtime {

// Out of descriptors or buffers it says so, pauses and goes on; a spare descriptor lets it turn
// away those who wait, so that they need not find out by themselves.
class Acceptor final : public ports::ListeningPort {
 public:
  static constexpr Duration pause = 20_ms;
  static constexpr int turnedAwayPerPause = 64;

  // alreadyExists: the port is in use.
  static Result<std::unique_ptr<ports::ListeningPort>> listen(boost::asio::io_context& io,
                                                              const Address& address,
                                                              ports::AcceptSink& sink);
  ~Acceptor() override;
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  std::uint16_t number() const override { return number_; }

 private:
  struct Core;
  explicit Acceptor(std::shared_ptr<Core> core);

  std::shared_ptr<Core> core_;  // its events hold on to it too
  std::uint16_t number_ = 0;
};

}  // namespace henge::runtime

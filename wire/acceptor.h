// The accept loop that goes on whatever happens. Private to wire: Asio's headers are in it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "core/cluster.h"
#include "core/result.h"
#include "server/ports/clock.h"
#include "server/ports/timers.h"
#include "wire/line_limiter.h"

namespace henge::wire {

class AcceptSink {
 public:
  virtual void onAccepted(boost::asio::ip::tcp::socket socket) = 0;

 protected:
  ~AcceptSink() = default;
};

// Out of descriptors or buffers it tells an operator, once a second, pauses and goes on; a spare
// descriptor lets it turn away those who wait, so that they need not find out by themselves.
// Thread: the loop's. The sink and the ports live until close(), the timers' sink one round longer.
class Acceptor final : public ports::TimerSink, public std::enable_shared_from_this<Acceptor> {
 public:
  static constexpr Duration pause = 20_ms;
  static constexpr int turnedAwayPerPause = 64;

  Acceptor(boost::asio::io_context& io, ports::Clock& clock, ports::Timers& timers,
           LineLimiter& lines, std::string name, AcceptSink& sink);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // alreadyExists: the port is in use.
  Status listen(const Address& address);
  std::uint16_t port() const { return port_; }

  void stop();   // no new connections
  void close();  // and no event comes after this

 private:
  using ErrorCode = boost::system::error_code;

  void accept();
  void onFailed(const ErrorCode& error);
  void onTimer(std::uint64_t token) override;  // the pause is over
  void turnAway();

  boost::asio::ip::tcp::acceptor acceptor_;
  ports::Clock& clock_;
  ports::Timers& timers_;
  LineLimiter& lines_;
  std::string name_;
  AcceptSink* sink_;  // nullptr once closed
  std::uint16_t port_ = 0;
  int spare_ = -1;  // a descriptor that is kept only to be given up
};

}  // namespace henge::wire

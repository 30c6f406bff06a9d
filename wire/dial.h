// From an address to a connected socket. Private to wire: Asio's headers are in it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "core/cluster.h"
#include "core/result.h"

namespace henge::wire {

class DialSink {
 public:
  // In a few words if it failed ("connection refused").
  virtual void onDialled(Result<boost::asio::ip::tcp::socket> socket) = 0;

 protected:
  ~DialSink() = default;
};

// One attempt. Numeric addresses are dialled at once; names are looked up first, by Asio's own
// thread. Thread: the loop's. The sink lives until the event or cancel().
class Dial : public std::enable_shared_from_this<Dial> {
 public:
  Dial(boost::asio::io_context& io, DialSink& sink);

  void start(const Address& address);
  void cancel();  // no event comes after this

 private:
  using ErrorCode = boost::system::error_code;

  void connect(boost::asio::ip::tcp::resolver::results_type addresses);
  void finish(const ErrorCode& error);

  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  DialSink* sink_;  // nullptr once it is over
};

}  // namespace henge::wire

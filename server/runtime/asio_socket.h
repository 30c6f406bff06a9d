// A connected TCP socket. Private to runtime: Asio's headers are in it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "server/ports/network.h"

namespace henge::runtime {

// Asio says when, the system calls are our own: whoever waits to be told holds no buffer. Words of
// errors: core/net_words.h.
class AsioSocket final : public ports::Socket {
 public:
  explicit AsioSocket(boost::asio::ip::tcp::socket socket);
  ~AsioSocket() override;
  AsioSocket(const AsioSocket&) = delete;
  AsioSocket& operator=(const AsioSocket&) = delete;

  void attach(ports::SocketSink& sink) override;
  void awaitReadable() override;
  Result<std::optional<std::size_t>> read(std::span<char> space) override;
  void awaitWritable() override;
  Result<std::size_t> write(std::span<const BytesView> chunks) override;
  std::string peerName() const override;

 private:
  // What an event holds on to: it may find that its socket is gone.
  struct Core {
    boost::asio::ip::tcp::socket socket;
    ports::SocketSink* sink = nullptr;  // again nullptr once the socket is destroyed
    bool awaitsReadable = false;
    bool awaitsWritable = false;
  };

  std::shared_ptr<Core> core_;
};

}  // namespace henge::runtime

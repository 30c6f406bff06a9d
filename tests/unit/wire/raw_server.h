// A server in a thread that does to its connections what a test says.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

#include "core/bytes.h"

namespace henge::wire {

class RawServer {
 public:
  class Connection {
   public:
    explicit Connection(int descriptor) : descriptor_(descriptor) {}
    Bytes receive();  // what comes first; empty: the other side has ended
    void receiveUntilEnd();
    void send(BytesView bytes);

   private:
    int descriptor_;
  };

  // `serve` is called for each connection, one after another; then the connection is closed.
  explicit RawServer(std::function<void(Connection&)> serve);
  ~RawServer();  // waits for the connection being served
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void run();

  std::function<void(Connection&)> serve_;
  int listening_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace henge::wire

#include "server/runtime/asio_network.h"

#include <array>

#include "tests/unit/runtime/sockets.h"

namespace henge::runtime {
namespace {

// An end that sends back what it gets, until the other one has ended.
class Echo final : public ports::SocketSink {
 public:
  explicit Echo(std::unique_ptr<ports::Socket> socket) : socket_(std::move(socket)) {
    socket_->attach(*this);
    socket_->awaitReadable();
  }
  void onReadable() override {
    std::array<char, 512> space;
    const auto got = socket_->read(space);
    if (!got.ok() || (got->has_value() && **got == 0)) return socket_.reset();
    if (got->has_value()) {
      (void)socket_->write(std::vector<BytesView>{BytesView(space.data(), **got)});
    }
    socket_->awaitReadable();
  }
  void onWritable() override {}
  bool isEnded() const { return socket_ == nullptr; }

 private:
  std::unique_ptr<ports::Socket> socket_;
};

TEST(AsioNetwork, joinsTwoEndsUntilOneLeaves) {
  Pair pair;
  Echo echo([&] {
    const auto again = pair.network.dial({"127.0.0.1", pair.port->number()}, pair.dialled);
    EXPECT_TRUE(runUntil(pair.loop,
                         [&] { return pair.dialled.socket && pair.accepts.sockets.size() == 2; }));
    return std::move(pair.accepts.sockets[1]);
  }());
  Bytes got;
  for (int turn = 0; turn < 10; ++turn) {
    const Bytes word = "word " + std::to_string(turn);
    ASSERT_TRUE(pair.dialled.socket->write(std::vector<BytesView>{word}).ok());
    got.clear();
    ASSERT_TRUE(runUntil(pair.loop, [&] {
      std::array<char, 64> space;
      const auto read = pair.dialled.socket->read(space);
      if (read.ok() && read->has_value()) got.append(space.data(), **read);
      return got == word;
    }));
  }
  pair.dialled.socket.reset();
  EXPECT_TRUE(runUntil(pair.loop, [&] { return echo.isEnded(); }));
}

}  // namespace
}  // namespace henge::runtime

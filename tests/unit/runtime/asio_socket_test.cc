#include "server/runtime/asio_socket.h"

#include <array>

#include "tests/unit/runtime/sockets.h"

namespace henge::runtime {
namespace {

std::size_t give(ports::Socket& socket, const std::vector<BytesView>& chunks) {
  const Result<std::size_t> taken = socket.write(chunks);
  EXPECT_TRUE(taken.ok());
  return taken.ok() ? *taken : 0;
}

// What comes until nothing is there now.
Bytes take(ports::Socket& socket) {
  Bytes all;
  std::array<char, 4096> space;
  while (true) {
    const auto got = socket.read(space);
    if (!got.ok() || !got->has_value() || **got == 0) return all;
    all.append(space.data(), **got);
  }
}

TEST(AsioSocket, bringsBytesInOrderAndTellsOncePerRequest) {
  Pair pair;
  pair.far->awaitReadable();
  EXPECT_EQ(give(*pair.near, {"one ", "two ", "three"}), 13U);
  EXPECT_EQ(pair.farEvents.readable, 0);  // never inside a call
  Bytes got;
  ASSERT_TRUE(runUntil(pair.loop, [&] { return pair.farEvents.readable == 1; }));
  ASSERT_TRUE(runUntil(pair.loop, [&] { return (got += take(*pair.far)).size() == 13; }));
  EXPECT_EQ(got, "one two three");
  give(*pair.near, {"more"});
  ASSERT_TRUE(runUntil(pair.loop, [&] { return (got += take(*pair.far)).size() == 17; }));
  EXPECT_EQ(pair.farEvents.readable, 1);
}

TEST(AsioSocket, saysNothingNowAtOnce) {
  Pair pair;
  std::array<char, 8> space;
  const auto got = pair.near->read(space);
  ASSERT_TRUE(got.ok());
  EXPECT_FALSE(got->has_value());
}

TEST(AsioSocket, tellsOfBytesThatWereThereBefore) {
  Pair pair;
  give(*pair.near, {"ab"});
  std::array<char, 1> space;
  ASSERT_TRUE(runUntil(pair.loop, [&] {
    const auto got = pair.far->read(space);
    return got.ok() && got->has_value();
  }));
  pair.far->awaitReadable();
  ASSERT_TRUE(runUntil(pair.loop, [&] { return pair.farEvents.readable == 1; }));
  EXPECT_EQ(take(*pair.far), "b");
}

TEST(AsioSocket, writesManyChunksAtOnce) {
  Pair pair;
  const std::vector<BytesView> chunks(200, "0123456789");
  EXPECT_EQ(give(*pair.near, chunks), 2000U);
  std::size_t got = 0;
  EXPECT_TRUE(runUntil(pair.loop, [&] { return (got += take(*pair.far).size()) == 2000; }));
}

TEST(AsioSocket, takesLessWhenTheOtherSideReadsNothingAndTellsWhenItTakesMore) {
  Pair pair;
  const Bytes large(1 << 20, 'x');
  std::size_t sent = 0;
  for (std::size_t taken = large.size(); taken == large.size();) {
    taken = give(*pair.near, {large});
    sent += taken;
    ASSERT_LT(sent, std::size_t{256} << 20);
  }
  pair.near->awaitWritable();
  EXPECT_EQ(pair.nearEvents.writable, 0);
  std::size_t got = 0;
  ASSERT_TRUE(runUntil(pair.loop, [&] {
    got += take(*pair.far).size();
    return pair.nearEvents.writable == 1;
  }));
  ASSERT_TRUE(runUntil(pair.loop, [&] { return (got += take(*pair.far).size()) == sent; }));
  EXPECT_GT(give(*pair.near, {large}), 0U);
}

TEST(AsioSocket, saysThatTheOtherSideHasEnded) {
  Pair pair;
  give(*pair.near, {"last words"});
  pair.near.reset();  // what was taken is still sent
  Bytes got;
  ASSERT_TRUE(runUntil(pair.loop, [&] { return (got += take(*pair.far)).size() == 10; }));
  pair.far->awaitReadable();
  ASSERT_TRUE(runUntil(pair.loop, [&] { return pair.farEvents.readable == 1; }));
  std::array<char, 8> space;
  const auto end = pair.far->read(space);
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(*end, std::optional<std::size_t>(0));
}

TEST(AsioSocket, saysInWordsWhatBecameOfTheStream) {
  Pair pair;
  give(*pair.near, {"unread"});
  pair.far->awaitReadable();
  ASSERT_TRUE(runUntil(pair.loop, [&] { return pair.farEvents.readable == 1; }));
  pair.far.reset();  // with something unread: the kernel resets
  std::array<char, 8> space;
  Result<std::optional<std::size_t>> got = std::optional<std::size_t>();
  ASSERT_TRUE(runUntil(pair.loop, [&] { return !(got = pair.near->read(space)).ok(); }));
  EXPECT_EQ(got.error().message, "connection reset");
  const auto written = pair.near->write(std::vector<BytesView>{"x"});
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().message, "connection closed by the other side");
}

TEST(AsioSocket, tellsNothingOnceItIsDestroyed) {
  Pair pair;
  pair.far->awaitReadable();
  pair.far->awaitWritable();
  give(*pair.near, {"x"});
  pair.far.reset();
  pair.near->awaitReadable();
  ASSERT_TRUE(runUntil(pair.loop, [&] { return pair.nearEvents.readable == 1; }));
  EXPECT_EQ(pair.farEvents.readable + pair.farEvents.writable, 0);
}

TEST(AsioSocket, mayBeDestroyedByItsOwnEvent) {
  struct Ender final : ports::SocketSink {
    void onReadable() override { socket.reset(); }
    void onWritable() override {}
    std::unique_ptr<ports::Socket> socket;
  };
  Pair pair;
  Ender ender;
  const auto attempt = pair.network.dial({"127.0.0.1", pair.port->number()}, pair.dialled);
  ASSERT_TRUE(runUntil(pair.loop, [&] { return pair.accepts.sockets.size() == 2; }));
  ender.socket = std::move(pair.accepts.sockets[1]);
  ender.socket->attach(ender);
  ender.socket->awaitReadable();
  ASSERT_TRUE(runUntil(pair.loop, [&] { return pair.dialled.socket != nullptr; }));
  give(*pair.dialled.socket, {"x"});
  EXPECT_TRUE(runUntil(pair.loop, [&] { return ender.socket == nullptr; }));
}

TEST(AsioSocket, namesTheOtherSide) {
  Pair pair;
  EXPECT_EQ(pair.near->peerName(), "127.0.0.1:" + std::to_string(pair.port->number()));
  EXPECT_TRUE(pair.far->peerName().starts_with("127.0.0.1:"));
}

}  // namespace
}  // namespace henge::runtime

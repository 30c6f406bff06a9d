#include "server/runtime/dial.h"

#include "tests/unit/runtime/sockets.h"

namespace henge::runtime {
namespace {

struct Dialling {
  Loop loop;
  AsioNetwork network{loop};
  SeenAccepts accepts;
  SeenDial seen;
  std::unique_ptr<ports::ListeningPort> port = [this] {
    auto opened = network.listen(anyPort, accepts);
    return std::move(*opened);
  }();
};

TEST(Dial, tellsOnceAndNeverInsideTheCall) {
  Dialling at;
  const auto attempt = at.network.dial({"127.0.0.1", at.port->number()}, at.seen);
  EXPECT_EQ(at.seen.told, 0);
  ASSERT_TRUE(runUntil(at.loop, [&] { return at.seen.told > 0 && !at.accepts.sockets.empty(); }));
  EXPECT_EQ(at.seen.told, 1);
  EXPECT_NE(at.seen.socket, nullptr);
}

TEST(Dial, saysWhyNot) {
  Dialling at;
  const std::uint16_t nobody = at.port->number();
  at.port.reset();
  const auto attempt = at.network.dial({"127.0.0.1", nobody}, at.seen);
  ASSERT_TRUE(runUntil(at.loop, [&] { return at.seen.told == 1; }));
  ASSERT_TRUE(at.seen.error.has_value());
  EXPECT_EQ(at.seen.error->message, "connection refused");
  EXPECT_EQ(at.seen.error->kind, ErrorKind::unavailable);
}

TEST(Dial, looksNamesUp) {
  Dialling at;
  const auto attempt = at.network.dial({"localhost", at.port->number()}, at.seen);
  ASSERT_TRUE(runUntil(at.loop, [&] { return at.seen.told == 1; }));
  EXPECT_NE(at.seen.socket, nullptr);
}

TEST(Dial, saysThatANameIsNotKnown) {
  Dialling at;
  const auto attempt = at.network.dial({"no such name", 1}, at.seen);
  ASSERT_TRUE(runUntil(at.loop, [&] { return at.seen.told == 1; }));
  ASSERT_TRUE(at.seen.error.has_value());
  EXPECT_EQ(at.seen.error->message, "the host name is not known");
}

TEST(Dial, tellsNothingOnceItIsGivenUp) {
  Dialling at;
  SeenDial other;
  auto given = at.network.dial({"127.0.0.1", at.port->number()}, at.seen);
  auto byName = at.network.dial({"localhost", at.port->number()}, at.seen);
  given.reset();
  byName.reset();
  const auto kept = at.network.dial({"127.0.0.1", at.port->number()}, other);
  ASSERT_TRUE(runUntil(at.loop, [&] { return other.told == 1; }));
  EXPECT_EQ(at.seen.told, 0);
}

TEST(Dial, mayBeDestroyedByItsOwnEvent) {
  struct Ender final : ports::DialSink {
    void onDialled(Result<std::unique_ptr<ports::Socket>> result) override {
      attempt.reset();
      succeeded = result.ok();
    }
    std::unique_ptr<ports::Dial> attempt;
    bool succeeded = false;
  };
  Dialling at;
  Ender ender;
  ender.attempt = at.network.dial({"127.0.0.1", at.port->number()}, ender);
  EXPECT_TRUE(runUntil(at.loop, [&] { return ender.succeeded; }));
}

}  // namespace
}  // namespace henge::runtime

// The driver that ships, against the node that ships, on a simulated net and virtual time.
#include <gtest/gtest.h>

#include "client/library/driver.h"
#include "tests/unit/node/lone_node.h"
#include "tests/unit/wire/fakes.h"

namespace henge::library {
namespace {

class Caller final : public AskSink {
 public:
  void onPut(OpId op, PutResult result) override { puts[op] = std::move(result); }
  void onGot(OpId op, GetResult result) override { gets[op] = std::move(result); }
  std::map<OpId, PutResult> puts;
  std::map<OpId, GetResult> gets;
};

TEST(Simulated, putsAndGetsOfANodeOnVirtualTime) {
  node::LoneNode node;
  node.boot();
  ASSERT_TRUE(node.serving);
  const std::unique_ptr<ports::Network> network = node.network();
  wire::CountingRandom random;
  Caller caller;
  DriverOptions options;
  options.seeds = {node.cluster().members.front().client};
  options.writer = 0xc1;
  Driver driver(options, {node.loop, node.loop, random, *network}, caller);
  driver.start();

  constexpr std::uint64_t keys = 100;
  const auto ask = [&](std::uint64_t op, Ask::Verb verb) {
    Ask asked;
    asked.verb = verb;
    asked.key = "k" + std::to_string(op % keys);
    asked.value = "v" + std::to_string(op % keys);
    asked.deadline = node.loop.now() + 2_s;
    driver.ask({op}, std::move(asked));
  };
  for (std::uint64_t op = 1; op <= keys; ++op) ask(op, Ask::Verb::put);
  ASSERT_TRUE(node.loop.runUntil([&] { return caller.puts.size() == keys; }, 10_s));
  for (const auto& [op, result] : caller.puts) {
    EXPECT_EQ(result.outcome, Outcome::applied);
    EXPECT_EQ(result.version.writer, 0xc1U) << "the client's own stamp";
  }
  for (std::uint64_t op = keys + 1; op <= 2 * keys; ++op) ask(op, Ask::Verb::get);
  ASSERT_TRUE(node.loop.runUntil([&] { return caller.gets.size() == keys; }, 10_s));
  for (const auto& [op, result] : caller.gets) {
    EXPECT_EQ(result.value, "v" + std::to_string(op.value % keys));
  }
  EXPECT_NE(driver.ring(), nullptr);
  driver.close();
  node.drain();
  node.awaitEnd();
}

}  // namespace
}  // namespace henge::library

#include "wire/message_walk.h"

#include <gtest/gtest.h>
#include <random>

#include "tests/unit/wire/allocation_meter.h"
#include "tests/unit/wire/messages.h"
#include "tests/unit/wire/random_message.h"

namespace henge::wire {
namespace {

constexpr std::size_t bytesMax = 256 << 20;
constexpr GuardLimits anyMessage{32, 100'000'000, 128};

class Walk : public testing::TestWithParam<Encoding> {
 protected:
  Bytes someMessage() { return randomMessage(random_, GetParam()); }

  // Bytes that begin like a call; types, counts and stops are small numbers.
  Bytes garbage() {
    Bytes out = GetParam() == Encoding::binary
                    ? Bytes("\x80\x01\x00\x01\x00\x00\x00\x03put\x00\x00\x00\x01", 15)
                    : Bytes("\x82\x21\x01\x03put", 7);
    for (std::uint64_t left = random_() % 60; left > 0; --left) {
      const std::uint64_t drawn = random_();
      out.push_back(static_cast<char>(drawn % 5 == 0 ? drawn >> 8 : (drawn >> 8) % 16));
    }
    return out;
  }

  std::mt19937_64 random_{20261127};
};

INSTANTIATE_TEST_SUITE_P(Both, Walk, testing::Values(Encoding::binary, Encoding::compact));

TEST_P(Walk, endsWhereThriftEnds) {
  for (int i = 0; i < 2000; ++i) {
    const Bytes message = someMessage();
    const std::size_t end = endByThrift(message, GetParam());
    ASSERT_EQ(end, message.size());
    MessageWalk walk(anyMessage, bytesMax);
    const Result<bool> whole = walk.goOn(message + "what follows");
    ASSERT_TRUE(whole.ok()) << whole.error().message;
    ASSERT_TRUE(*whole);
    ASSERT_EQ(walk.size(), end);
  }
}

TEST_P(Walk, readsTheHead) {
  const Bytes message =
      callOf<thrift::Store_put_args>(GetParam(), "put", -77, putOf("k", "v")).substr(4);
  MessageWalk walk(requestLimits, bytesMax);
  ASSERT_TRUE(*walk.goOn(message));
  const MessageHead head = walk.headOf(message);
  EXPECT_EQ(head.encoding, GetParam());
  EXPECT_EQ(head.kind, MessageKind::call);
  EXPECT_EQ(head.name, "put");
  EXPECT_EQ(head.seqid, -77);
  thrift::Store_put_args args;
  EXPECT_TRUE(Decoder().read(head, args).ok());
  EXPECT_EQ(args.request.key, "k");
}

// At every byte: before the last it wants more, and it goes on from there as if nothing had been.
TEST_P(Walk, goesOnWhereverItStopped) {
  for (int i = 0; i < 60; ++i) {
    const Bytes message = randomMessage(random_, GetParam(), {4, 5, 16, 40});
    for (std::size_t cut = 0; cut < message.size(); ++cut) {
      MessageWalk walk(anyMessage, bytesMax);
      const Result<bool> part = walk.goOn(BytesView(message).substr(0, cut));
      ASSERT_TRUE(part.ok() && !*part) << cut;
      ASSERT_TRUE(*walk.goOn(message)) << cut;
      ASSERT_EQ(walk.size(), message.size()) << cut;
    }
  }
}

TEST_P(Walk, takesAnyPiecesAndOneMessageAfterTheOther) {
  MessageWalk walk(anyMessage, bytesMax);
  for (int i = 0; i < 1000; ++i) {
    const Bytes message = someMessage();
    std::size_t given = 0;
    while (true) {
      given = std::min<std::size_t>(message.size(), given + 1 + random_() % (1 + random_() % 100));
      const Result<bool> whole = walk.goOn(BytesView(message).substr(0, given));
      ASSERT_TRUE(whole.ok());
      ASSERT_EQ(*whole, given == message.size());
      if (*whole) break;
    }
    walk.restart();
  }
}

// What it passes, Thrift reads to the same end; what Thrift cannot read, it does not pass.
TEST_P(Walk, passesNothingThatThriftCannotRead) {
  int passed = 0;
  for (int i = 0; i < 50'000; ++i) {
    const Bytes bytes = garbage();
    MessageWalk walk(anyMessage, bytesMax);
    const Result<bool> whole = walk.goOn(bytes);
    if (!whole.ok() || !*whole) continue;
    ++passed;
    ASSERT_EQ(endByThrift(BytesView(bytes).substr(0, walk.size()), GetParam()), walk.size())
        << toHex(bytes);
  }
  EXPECT_GT(passed, 500);
}

TEST_P(Walk, saysTheSameOfGarbageHoweverItIsCut) {
  for (int i = 0; i < 5'000; ++i) {
    const Bytes bytes = garbage();
    MessageWalk atOnce(requestLimits, bytesMax);
    const Result<bool> wanted = atOnce.goOn(bytes);
    MessageWalk walk(requestLimits, bytesMax);
    Result<bool> got = false;
    for (std::size_t given = 1; given <= bytes.size() && got.ok() && !*got; ++given) {
      got = walk.goOn(BytesView(bytes).substr(0, given));
    }
    ASSERT_EQ(got.ok(), wanted.ok()) << toHex(bytes);
    if (!got.ok()) {
      ASSERT_EQ(got.error().message, wanted.error().message) << toHex(bytes);
      continue;
    }
    ASSERT_EQ(*got, *wanted) << toHex(bytes);
    ASSERT_TRUE(!*got || walk.size() == atOnce.size());
  }
}

TEST_P(Walk, reservesNothing) {
  const Bytes message = randomMessage(random_, GetParam(), {8, 6, 16, 100});
  const AllocationMeter meter;
  MessageWalk walk(anyMessage, bytesMax);
  for (std::size_t given = 0; given <= message.size(); ++given) {
    ASSERT_TRUE(walk.goOn(BytesView(message).substr(0, given)).ok());
  }
  EXPECT_EQ(meter.peakBytes(), 0U);
}

// A promise is refused with the bytes that make it: nobody waits for what will not be taken.
TEST_P(Walk, refusesAtOnceWhatCannotFit) {
  const bool isBinary = GetParam() == Encoding::binary;
  const Bytes head = isBinary ? Bytes("\x80\x01\x00\x01\x00\x00\x00\x03put\x00\x00\x00\x01", 15)
                              : Bytes("\x82\x21\x01\x03put", 7);
  const Bytes string = isBinary ? Bytes("\x0b\x00\x01\x00\x10\x00\x01", 7)  // 1 MiB + 1
                                : Bytes("\x18\x81\x80\x40", 4);
  const Bytes list = isBinary ? Bytes("\x0f\x00\x01\x0c\x7f\xff\xff\xff", 8)
                              : Bytes("\x19\xfc\xff\xff\xff\xff\x07", 7);
  const Bytes map = isBinary ? Bytes("\x0d\x00\x01\x0b\x0c\x00\x10\x00\x00", 9)
                             : Bytes("\x1b\x80\x80\x40\x8c", 5);
  for (const Bytes& promise : {string, list, map}) {
    MessageWalk walk(requestLimits, 1 << 20);
    EXPECT_FALSE(walk.goOn(head + promise).ok()) << toHex(promise);
  }
}

}  // namespace
}  // namespace henge::wire

// Messages without a frame: how a stream of them is cut, and clients that send them.
#include <gtest/gtest.h>
#include <random>

#include "tests/unit/wire/allocation_meter.h"
#include "tests/unit/wire/listening.h"
#include "tests/unit/wire/messages.h"
#include "tests/unit/wire/random_message.h"
#include "wire/frame_reader.h"

namespace henge::wire {
namespace {

constexpr std::uint32_t limit = 1 << 20;

Bytes unframed(const Bytes& call) { return call.substr(frameLengthBytes); }

Encoding either(std::mt19937_64& random) {
  return random() % 2 == 0 ? Encoding::binary : Encoding::compact;
}

// Gives the stream in pieces of at most so many bytes, in a space that others use in between; what
// was cut of it, and the error that ended it.
struct Cut {
  Cut(BytesView stream, std::size_t pieceMax, std::mt19937_64& random) {
    std::vector<char> lent(5000);
    FrameReader reader(limit, Framing::either);
    while (!stream.empty() && wrong.empty()) {
      const std::span<char> space = reader.space(lent);
      const std::size_t bytes =
          std::min({stream.size(), space.size(), 1 + std::size_t{random()} % pieceMax});
      std::copy_n(stream.data(), bytes, space.data());
      reader.received(bytes);
      stream.remove_prefix(bytes);
      given += bytes;
      take(reader);
      reader.keepRest();
      largest = std::max(largest, reader.capacity());
      std::ranges::fill(lent, '?');
    }
    left = reader.buffered();
  }

  void take(FrameReader& reader) {
    while (true) {
      const Result<std::optional<BytesView>> message = reader.next();
      if (!message.ok()) wrong = message.error().message;
      if (!message.ok() || !*message) return;
      messages.emplace_back(**message);
    }
  }

  std::vector<Bytes> messages;
  std::string wrong;
  std::size_t given = 0;
  std::size_t largest = 0;  // memory kept between pieces
  std::size_t left = 0;
};

TEST(Unframed, isCutInAnyPieces) {
  std::mt19937_64 random(7);
  for (const std::size_t pieceMax : {1U, 2U, 50U, 5'000U}) {
    std::vector<Bytes> wanted;
    Bytes stream;
    for (int i = 0; i < 100; ++i) {
      wanted.push_back(randomMessage(random, either(random), {4, 5, 10, 400}));
      stream += wanted.back();
    }
    const Cut cut(stream, pieceMax, random);
    EXPECT_EQ(cut.wrong, "");
    EXPECT_EQ(cut.messages, wanted) << pieceMax;
    EXPECT_EQ(cut.left, 0U);
  }
}

TEST(Unframed, keepsTheLimitOfAFrame) {
  std::mt19937_64 random(7);
  const std::size_t around = unframed(putCall("k", "")).size();
  const Bytes largest = unframed(putCall("k", Bytes(limit - around, 'v')));
  ASSERT_EQ(largest.size(), limit);
  EXPECT_EQ(Cut(largest, 5'000, random).messages, (std::vector<Bytes>{largest}));
  const Cut tooLarge(unframed(putCall("k", Bytes(limit - around + 1, 'v'))), 5'000, random);
  EXPECT_TRUE(tooLarge.messages.empty());
  EXPECT_NE(tooLarge.wrong, "");
  // No value is too long here: they are booleans, which the compact protocol puts into their heads.
  const Cut endless(Bytes("\x82\x21\x01\x03put", 7) + Bytes(limit, '\x11'), 5'000, random);
  EXPECT_NE(endless.wrong.find("frameBytesMax 1048576: a message that is longer"),
            std::string::npos)
      << endless.wrong;
}

TEST(Unframed, refusesAPromiseBeforeItReservesAnything) {
  std::mt19937_64 random(7);
  const Bytes promise = Bytes("\x80\x01\x00\x01\x7f\xff\xff\xff", 8);
  const AllocationMeter meter;
  const Cut cut(promise, 100, random);
  EXPECT_NE(cut.wrong.find("name is too long"), std::string::npos) << cut.wrong;
  EXPECT_LT(meter.peakBytes(), 64U * 1024);
}

TEST(Unframed, keepsAtMostTwiceWhatHasArrived) {
  std::mt19937_64 random(7);
  const Bytes message = unframed(putCall("k", Bytes(900'000, 'v')));
  for (std::size_t bytes = 1; bytes < message.size(); bytes = bytes * 3 + 1) {
    const Cut cut(BytesView(message).substr(0, bytes), 3'000, random);
    EXPECT_LE(cut.largest, std::max(2 * bytes, FrameReader::chunkBytes)) << bytes;
    EXPECT_EQ(cut.left, bytes);
  }
}

TEST(Unframed, isDecidedByTheFirstByteForGood) {
  std::mt19937_64 random(7);
  const Bytes call = putCall("k", "v");
  const Cut framedLater(unframed(call) + call, 9, random);
  EXPECT_EQ(framedLater.messages.size(), 1U);
  EXPECT_NE(framedLater.wrong.find("unframed, frameBytesMax"), std::string::npos)
      << framedLater.wrong;
  const Cut unframedLater(call + unframed(call), 9, random);
  EXPECT_EQ(unframedLater.messages.size(), 1U);
  EXPECT_NE(unframedLater.wrong.find("an unframed Thrift message"), std::string::npos);
}

// Whatever comes: no crash, and no more memory than twice what was sent.
TEST(Unframed, survives100000StreamsOfGarbage) {
  std::mt19937_64 random(20261127);
  const std::vector<Bytes> heads{Bytes("\x80\x01\x00\x01\x00\x00\x00\x03put\x00\x00\x00\x01", 15),
                                 Bytes("\x82\x21\x01\x03put", 7), Bytes("\x80", 1),
                                 Bytes("\x82", 1), Bytes()};
  std::uint64_t cutMessages = 0;
  std::uint64_t refused = 0;
  const AllocationMeter meter;
  for (int i = 0; i < 100'000; ++i) {
    Bytes stream = heads[random() % heads.size()];
    const bool isTame = random() % 2 == 0;  // small numbers: types, counts and stops are small
    for (std::uint64_t left = random() % 120; left > 0; --left) {
      const std::uint64_t drawn = random();
      stream.push_back(static_cast<char>(isTame && drawn % 6 != 0 ? drawn >> 8 & 15 : drawn >> 8));
    }
    const Cut cut(stream, 1 + random() % 130, random);
    cutMessages += cut.messages.size();
    refused += cut.wrong.empty() ? 0 : 1;
    ASSERT_LE(cut.largest, FrameReader::chunkBytes);
  }
  EXPECT_GT(cutMessages, 1'000U);
  EXPECT_GT(refused, 50'000U);
  EXPECT_LT(meter.peakBytes(), 256U * 1024);
}

class UnframedClient : public testing::TestWithParam<Encoding> {
 protected:
  RawClient connect(const Listening& at) {
    RawClient client(at.listener.port());
    client.expectUnframed();
    return client;
  }
  Bytes put(const Bytes& key, const Bytes& value, std::int32_t seqid = 1) {
    return unframed(putCall(key, value, seqid, GetParam()));
  }
  Bytes get(const Bytes& key, std::int32_t seqid = 1) {
    return unframed(getCall(key, seqid, GetParam()));
  }
};

INSTANTIATE_TEST_SUITE_P(Both, UnframedClient,
                         testing::Values(Encoding::binary, Encoding::compact));

TEST_P(UnframedClient, isAnsweredInItsOwnWay) {
  Listening at;
  at.clients.answersAtOnce = true;
  RawClient client = connect(at);
  for (const char byte : put("key", "value", 3)) {
    client.send(BytesView(&byte, 1));
    at.loop.runRounds(2);
  }
  ASSERT_TRUE(at.loop.runUntil([&] { return client.frames().size() == 1; }));
  EXPECT_EQ(headOf(client.frames()[0]).encoding, GetParam());
  EXPECT_EQ(headOf(client.frames()[0]).seqid, 3);
  EXPECT_EQ(at.clients.held.at("key"), "value");
  client.send(unframed(callOf<thrift::Store_get_args>(GetParam(), "drop", 4, getOf("k"))) +
              get("key", 5));
  ASSERT_TRUE(at.loop.runUntil([&] { return client.frames().size() == 3; }));
  EXPECT_EQ(applicationErrorIn(client.frames()[1]).first,
            apache::thrift::TApplicationException::UNKNOWN_METHOD);
  EXPECT_EQ(answerIn<thrift::Store_get_result>(client.frames()[2])->success.value, "value");
}

TEST_P(UnframedClient, isAnsweredInOrder) {
  Listening at;
  RawClient client = connect(at);
  client.send(get("slow", 5) + get("fast", 6));
  ASSERT_TRUE(at.loop.runUntil([&] { return at.clients.gets.size() == 2; }));
  at.clients.answer(at.clients.gets[1], FakeClientService::found("fast", "second"));
  at.loop.runRounds(5);
  EXPECT_TRUE(client.frames().empty());
  at.clients.answer(at.clients.gets[0], FakeClientService::found("slow", "first"));
  ASSERT_TRUE(at.loop.runUntil([&] { return client.frames().size() == 2; }));
  EXPECT_EQ(answerIn<thrift::Store_get_result>(client.frames()[0])->success.value, "first");
  EXPECT_EQ(answerIn<thrift::Store_get_result>(client.frames()[1])->success.value, "second");
}

TEST_P(UnframedClient, hasTheDeadlinesOfAFrame) {
  ListenerOptions options = listenerOptions();
  options.headerDeadline = 50_ms;
  options.bodyDeadline = 100_ms;
  Listening at(options);
  RawClient first = connect(at);
  first.send(BytesView(put("k", "v")).substr(0, 3));
  ASSERT_TRUE(at.loop.runUntil([&] { return first.isEnded(); }));
  EXPECT_TRUE(at.events.mentions("the first four bytes of a message did not arrive within 50 ms"));
  at.loop.advance(2_s);
  RawClient second = connect(at);
  second.send(BytesView(put("k", Bytes(100'000, 'v'))).substr(0, 100));
  ASSERT_TRUE(at.loop.runUntil([&] {
    second.send("v");
    return second.isEnded();
  }));
  EXPECT_TRUE(at.events.mentions("a message did not arrive within 100 ms"));
}

TEST_P(UnframedClient, thatBreaksOffOrLiesIsClosed) {
  Listening at;
  RawClient lying = connect(at);
  Bytes message = put("k", "v");
  message.back() = '\x7f';  // no such type
  lying.send(message);
  ASSERT_TRUE(at.loop.runUntil([&] { return lying.isEnded(); }));
  EXPECT_TRUE(at.events.mentions(": a message that cannot be decoded"));
  at.loop.advance(2_s);
  RawClient leaving = connect(at);
  leaving.send(BytesView(message).substr(0, message.size() - 1));
  leaving.endSending();
  ASSERT_TRUE(at.loop.runUntil([&] { return leaving.isEnded(); }));
  EXPECT_TRUE(at.events.mentions("closed by the other side"));
  EXPECT_TRUE(at.clients.puts.empty());
}

TEST_P(UnframedClient, isClosedByNameWhereOnlyFramesAreTaken) {
  ListenerOptions options = listenerOptions();
  options.framing = Framing::framed;  // as the peers' port
  Listening at(options);
  RawClient client = connect(at);
  client.send(put("k", "v"));
  ASSERT_TRUE(at.loop.runUntil([&] { return client.isEnded(); }));
  EXPECT_TRUE(at.events.mentions("framed transport is needed"));
}

}  // namespace
}  // namespace henge::wire

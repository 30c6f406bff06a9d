// Messages that nobody would send: whatever passes the guard can be decoded in bounded memory.
#include <gtest/gtest.h>
#include <random>

#include "tests/unit/wire/allocation_meter.h"
#include "tests/unit/wire/messages.h"
#include "wire/dispatcher.h"

namespace henge::wire {
namespace {

struct Tried {
  int passed = 0;
  int decoded = 0;
};

void tryToDecode(BytesView message, Decoder& decoder, Tried& tried) {
  const Result<MessageHead> head = inspect(message, requestLimits);
  if (!head.ok()) return;
  ++tried.passed;
  const auto put = std::make_unique<thrift::Store_put_args>();
  const auto apply = std::make_unique<thrift::Replica_apply_args>();
  const auto hello = std::make_unique<thrift::Replica_hello_args>();
  tried.decoded += decoder.read(*head, *put).ok();
  tried.decoded += decoder.read(*head, *apply).ok();
  tried.decoded += decoder.read(*head, *hello).ok();
}

// A message with everything in it that a request can have.
Bytes fullApply(Encoding encoding) {
  thrift::ApplyRequest apply;
  thrift::Row row;
  row.__set_key("key");
  row.__set_value(Bytes(300, 'v'));
  row.__set_kind(thrift::RecordKind::VALUE);
  row.__set_extensions({{1, "one"}, {2, "two"}});
  row.version.__set_timestamp(1);
  row.version.__set_writer(2);
  row.__isset.version = true;
  apply.__set_row(row);
  apply.__set_source(thrift::Source::CLIENT);
  apply.__set_extensions({{7, "seven"}});
  return callOf<thrift::Replica_apply_args>(encoding, "apply", 3, apply).substr(4);
}

class Garbage : public testing::TestWithParam<Encoding> {};

TEST_P(Garbage, randomBytesBehindAGoodHeadAreDecodedOrRefused) {
  std::mt19937_64 random(20261121);
  const Bytes head = GetParam() == Encoding::binary
                         ? Bytes("\x80\x01\x00\x01\x00\x00\x00\x03put\x00\x00\x00\x01", 15)
                         : Bytes("\x82\x21\x01\x03put", 7);
  Decoder decoder;
  Tried tried;
  const AllocationMeter meter;
  for (int i = 0; i < 10'000; ++i) {
    Bytes message = head;
    const std::size_t size = random() % 200;
    for (std::size_t k = 0; k < size; ++k) {
      // Mostly small numbers: types, counts and stops are small.
      const std::uint64_t drawn = random();
      message.push_back(static_cast<char>(drawn % 4 == 0 ? drawn >> 8 : (drawn >> 8) % 16));
    }
    message.push_back('\0');
    tryToDecode(message, decoder, tried);
  }
  EXPECT_GT(tried.passed, 0);
  EXPECT_LT(meter.peakBytes(), 1U << 20);
}

TEST_P(Garbage, changedMessagesAreDecodedOrRefused) {
  std::mt19937_64 random(7);
  const Bytes good = fullApply(GetParam());
  Decoder decoder;
  Tried tried;
  const AllocationMeter meter;
  for (int i = 0; i < 10'000; ++i) {
    Bytes message = good;
    for (std::uint64_t changes = 1 + random() % 4; changes > 0; --changes) {
      message[random() % message.size()] = static_cast<char>(random());
    }
    if (random() % 8 == 0) message.resize(random() % message.size());
    tryToDecode(message, decoder, tried);
  }
  EXPECT_GT(tried.passed, 100);
  EXPECT_GT(tried.decoded, 100);
  EXPECT_LT(meter.peakBytes(), 1U << 20);
  // The decoder is as good as new after all its exceptions.
  Tried last;
  tryToDecode(good, decoder, last);
  EXPECT_EQ(last.decoded, 3);
}

INSTANTIATE_TEST_SUITE_P(Both, Garbage, testing::Values(Encoding::binary, Encoding::compact));

TEST(Garbage, theLargestContainersAMessageMayHaveAreBoundedInMemory) {
  // As many strings as the limit allows, of one byte each, in the compact protocol: the worst
  // ratio.
  thrift::PeerHelloRequest hello;
  hello.__set_features(std::vector<std::string>(requestLimits.elementsMax, ""));
  const Bytes message =
      callOf<thrift::Replica_hello_args>(Encoding::compact, "hello", 1, hello).substr(4);
  Decoder decoder;
  const AllocationMeter meter;
  Tried tried;
  tryToDecode(message, decoder, tried);
  EXPECT_EQ(tried.passed, 1);
  EXPECT_LT(meter.peakBytes(), 4U << 20);
  hello.__set_features(std::vector<std::string>(requestLimits.elementsMax + 1, ""));
  const Bytes more =
      callOf<thrift::Replica_hello_args>(Encoding::compact, "hello", 1, hello).substr(4);
  EXPECT_FALSE(inspect(more, requestLimits).ok());
}

}  // namespace
}  // namespace henge::wire

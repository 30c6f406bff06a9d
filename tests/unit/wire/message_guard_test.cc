#include "wire/message_guard.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/messages.h"

namespace henge::wire {
namespace {

Bytes bigEndian(std::uint32_t number) {
  Bytes out;
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift));
  return out;
}

// A binary call of "put" whose argument struct is `body`.
Bytes binaryCall(const Bytes& body) {
  return Bytes("\x80\x01\x00\x01", 4) + bigEndian(3) + "put" + bigEndian(9) + body;
}

Bytes compactCall(const Bytes& body) { return Bytes("\x82\x21\x09\x03", 4) + "put" + body; }

// The beginning of a binary field: type and number.
Bytes field(char type) { return {type, '\0', '\1'}; }

std::string wrongWith(const Bytes& message, const GuardLimits& limits = GuardLimits()) {
  const Result<MessageHead> head = inspect(message, limits);
  return head.ok() ? "" : head.error().message;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const Bytes stop(1, '\0');

TEST(MessageGuard, readsTheHeadOfBothEncodings) {
  for (const Encoding encoding : {Encoding::binary, Encoding::compact}) {
    const Bytes frame = putCall("key", "value", -77, encoding).substr(4);
    const Result<MessageHead> head = inspect(frame, GuardLimits());
    ASSERT_TRUE(head.ok());
    EXPECT_EQ(head->encoding, encoding);
    EXPECT_EQ(head->kind, MessageKind::call);
    EXPECT_EQ(head->name, "put");
    EXPECT_EQ(head->seqid, -77);
  }
}

TEST(MessageGuard, refusesEveryTruncation) {
  for (const Encoding encoding : {Encoding::binary, Encoding::compact}) {
    const Bytes frame = putCall("some key", "some value", 5, encoding).substr(4);
    for (std::size_t size = 0; size < frame.size(); ++size) {
      EXPECT_FALSE(inspect(frame.substr(0, size), GuardLimits()).ok()) << size;
    }
    EXPECT_FALSE(inspect(frame + "x", GuardLimits()).ok());
  }
}

TEST(MessageGuard, refusesStringsThatPromiseMoreThanThereIs) {
  EXPECT_TRUE(has(wrongWith(binaryCall(field(11) + bigEndian(0x7fffffff) + "abcd" + stop)),
                  "longer than the message"));
  EXPECT_TRUE(has(wrongWith(binaryCall(field(11) + bigEndian(0xffffffff) + stop)),
                  "longer than the message"));
  EXPECT_TRUE(has(wrongWith(compactCall(Bytes("\x18\xff\xff\xff\xff\x07", 6) + "ab" + stop)),
                  "longer than the message"));
  EXPECT_TRUE(has(wrongWith(compactCall(Bytes("\x18\xff\xff\xff\xff\x0f", 6) + stop)), "2^31"));
}

TEST(MessageGuard, refusesContainersThatPromiseMoreThanThereIs) {
  for (const int type : {2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 15}) {
    const Bytes bomb = field(15) + Bytes(1, static_cast<char>(type)) + bigEndian(0x7fffffff) + stop;
    EXPECT_TRUE(has(wrongWith(binaryCall(bomb)), "larger than the message")) << type;
  }
  const Bytes map = field(13) + Bytes("\x0c\x0c", 2) + bigEndian(0x7fffffff) + stop;
  EXPECT_TRUE(has(wrongWith(binaryCall(map)), "larger than the message"));
  const Bytes list = Bytes("\x19\xfc\xff\xff\xff\xff\x07", 7) + stop;
  EXPECT_TRUE(has(wrongWith(compactCall(list)), "larger than the message"));
  const Bytes compactMap = Bytes("\x1b\xff\xff\xff\xff\x07\xcc", 7) + stop;
  EXPECT_TRUE(has(wrongWith(compactCall(compactMap)), "larger than the message"));
}

TEST(MessageGuard, refusesElementsOfNoType) {
  EXPECT_TRUE(
      has(wrongWith(binaryCall(field(15) + Bytes(1, '\1') + bigEndian(1) + stop)), "unknown type"));
  EXPECT_TRUE(has(wrongWith(binaryCall(field(7) + stop)), "unknown type"));
  EXPECT_TRUE(has(wrongWith(compactCall(Bytes("\x1d", 1) + stop)), "unknown type"));
  EXPECT_TRUE(has(wrongWith(compactCall(Bytes("\x19\x1e\x00", 3) + stop)), "unknown type"));
}

TEST(MessageGuard, countsTheElementsOfAllContainersTogether) {
  const GuardLimits limits{32, 10, 128};
  const Bytes six = Bytes(1, '\3') + bigEndian(6) + "123456";  // bytes
  EXPECT_EQ(wrongWith(binaryCall(field(15) + six + stop), limits), "");
  EXPECT_TRUE(has(wrongWith(binaryCall(field(15) + six + field(14) + six + stop), limits),
                  "too many elements"));
}

TEST(MessageGuard, refusesValuesNestedTooDeeply) {
  const auto nested = [](std::size_t depth) {
    Bytes body;
    for (std::size_t i = 0; i < depth; ++i) body += field(12);
    return body + Bytes(depth + 1, '\0');
  };
  EXPECT_EQ(wrongWith(binaryCall(nested(32))), "");
  EXPECT_TRUE(has(wrongWith(binaryCall(nested(33))), "too deeply"));
  EXPECT_TRUE(has(wrongWith(binaryCall(nested(1'000'000))), "too deeply"));
  const Bytes compact = Bytes(200'000, '\x1c') + Bytes(200'001, '\0');
  EXPECT_TRUE(has(wrongWith(compactCall(compact)), "too deeply"));
  Bytes lists = field(15);
  for (int i = 0; i < 100'000; ++i) lists += Bytes(1, '\x0f') + bigEndian(1);
  EXPECT_TRUE(has(wrongWith(binaryCall(lists)), "too deeply"));
}

TEST(MessageGuard, refusesEndlessNumbersNamesAndKinds) {
  EXPECT_TRUE(has(wrongWith(compactCall(Bytes("\x16", 1) + Bytes(11, '\xff') + stop)), "10 bytes"));
  const Bytes longName =
      Bytes("\x80\x01\x00\x01", 4) + bigEndian(129) + Bytes(129, 'n') + bigEndian(1) + stop;
  EXPECT_TRUE(has(wrongWith(longName), "name is too long"));
  const Bytes kindless = Bytes("\x80\x01\x00\x09", 4) + bigEndian(0) + bigEndian(1) + stop;
  EXPECT_TRUE(has(wrongWith(kindless), "neither call nor reply"));
}

}  // namespace
}  // namespace henge::wire

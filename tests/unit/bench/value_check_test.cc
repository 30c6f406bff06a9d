#include "client/bench/value_check.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace henge::bench {
namespace {

constexpr WriteId own{0xaa, 5, 9};

RC_GTEST_PROP(CheckedValue, anyChangedByteIsSeen, ()) {
  const auto bytes = *rc::gen::inRange<std::size_t>(checkedBytesMin, 200);
  const Bytes value = checkedValue(own, bytes);
  RC_ASSERT(value.size() == bytes);
  WriteId id;
  RC_ASSERT(!faultOf(value, own.key, id));
  RC_ASSERT(id.run == own.run && id.key == own.key && id.sequence == own.sequence);
  Bytes changed = value;
  changed[*rc::gen::inRange<std::size_t>(0, bytes)] ^=
      static_cast<char>(1 << *rc::gen::inRange(0, 8));
  RC_ASSERT(faultOf(changed, own.key, id).has_value());
  RC_ASSERT(faultOf(BytesView(value).substr(0, bytes - 1), own.key, id).has_value());
}

TEST(CheckedValue, ofAnotherKeyIsAFault) {
  WriteId id;
  EXPECT_EQ(faultOf(checkedValue(own, 100), 6, id), "the value of key 5 under key 6");
}

TEST(ReadFloor, nothingOlderThanWhatWasAcknowledgedBeforeTheRead) {
  ReadFloor floor(0xaa);
  EXPECT_EQ(floor.floorOf(5), 0u);
  floor.onAcknowledged(5, 9);
  floor.onAcknowledged(5, 7);
  EXPECT_EQ(floor.floorOf(5), 9u);
  const auto at = [&](std::uint64_t sequence, std::uint64_t before) {
    return floor.faultOf(checkedValue({0xaa, 5, sequence}, 50), 5, before);
  };
  EXPECT_FALSE(at(9, 9));
  EXPECT_FALSE(at(10, 9));
  EXPECT_FALSE(at(7, 7)) << "it began before 9 was acknowledged";
  EXPECT_EQ(
      at(8, 9),
      "key 5 was read back in time: write 8 of this run, after write 9 had been acknowledged");
  EXPECT_EQ(floor.faultOf(std::nullopt, 5, 9), "key 5 is gone; its write 9 had been acknowledged");
  EXPECT_TRUE(floor.faultOf(checkedValue({0xbb, 5, 99}, 50), 5, 9)) << "of an earlier run";
  EXPECT_TRUE(floor.faultOf("short", 5, 9));
}

TEST(ReadFloor, whatWasThereBeforeIsAnybodys) {
  const ReadFloor floor(0xaa);
  EXPECT_FALSE(floor.faultOf(std::nullopt, 5, 0));
  EXPECT_FALSE(floor.faultOf("somebody's", 5, 0));
  EXPECT_FALSE(floor.faultOf(checkedValue({0xbb, 5, 99}, 50), 5, 0));
}

}  // namespace
}  // namespace henge::bench

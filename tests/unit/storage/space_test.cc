#include "server/storage/space.h"

#include <gtest/gtest.h>

#include "tests/kit/fake_disk.h"
#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"

namespace henge::storage {
namespace {

using kit::DiskCall;

class SpaceTest : public testing::Test, protected SpaceSink {
 protected:
  SpaceTest() {
    options_.ballastBytes = 1000;
    need_ = {.memtables = 10, .tables = 10, .segment = 10, .ballast = 1000};
  }
  SpaceNeed spaceNeed() const override { return need_; }
  void onSpaceSeen() override { ++seen_; }

  bool takes(RecordKind kind, std::uint64_t bytes = 1) { return space_.admit(kind, bytes).ok(); }
  // One write, and time for the answer that it asked for.
  void look() {
    (void)takes(RecordKind::value);
    loop_.runFor(10_ms);
  }
  std::uint64_t asked() const { return disk_.calls(DiskCall::space); }

  StorageOptions options_;
  SpaceNeed need_;
  int seen_ = 0;
  kit::VirtualLoop loop_;
  kit::FakeFiles files_;
  kit::FakeDisk disk_{files_, loop_, loop_};
  kit::NotedEvents events_;
  Space space_{options_, {disk_, loop_, loop_, events_}, *this};
};

TEST_F(SpaceTest, everythingFitsUntilTheDiskHasSaidSomething) {
  files_.setCapacity(0);
  EXPECT_TRUE(takes(RecordKind::value));
  loop_.runFor(10_ms);
  EXPECT_FALSE(takes(RecordKind::value));
  EXPECT_FALSE(takes(RecordKind::tombstone));
}

TEST_F(SpaceTest, theDiskIsAskedWhileWritesComeAndNotMoreThanOnceASecond) {
  for (int i = 0; i < 500; ++i) {
    EXPECT_TRUE(takes(RecordKind::value));
    loop_.runFor(10_ms);
  }
  EXPECT_LE(asked(), 6U);
  EXPECT_GE(asked(), 5U);
}

TEST_F(SpaceTest, anIdleNodeIsNotWoken) {
  look();
  const auto before = asked();
  loop_.runFor(3600_s);
  EXPECT_EQ(asked(), before);
  EXPECT_FALSE(loop_.step());
}

TEST_F(SpaceTest, shortnessIsSaidOnceAndItsEndToo) {
  files_.setCapacity(500);
  look();
  EXPECT_TRUE(space_.isShort());
  EXPECT_FALSE(takes(RecordKind::value));
  EXPECT_TRUE(takes(RecordKind::tombstone));
  EXPECT_NE(space_.refusal().find("500 bytes are free, 1030 needed"), std::string::npos);
  loop_.runFor(60_s);
  EXPECT_EQ(events_.lines.size(), 1U);
  files_.setCapacity(std::nullopt);
  loop_.runFor(10_s);
  EXPECT_FALSE(space_.isShort());
  EXPECT_TRUE(takes(RecordKind::value));
  EXPECT_EQ(space_.refusal(), "");
  EXPECT_EQ(events_.lines.size(), 2U);
}

TEST_F(SpaceTest, whatWasAcceptedSinceTheLastAnswerCountsAsTaken) {
  files_.setCapacity(1100);
  look();
  EXPECT_TRUE(takes(RecordKind::value, 80));
  EXPECT_FALSE(takes(RecordKind::value, 60)) << "before the disk is asked once more";
  loop_.runFor(2_s);
  look();
  EXPECT_TRUE(takes(RecordKind::value, 60)) << "its bytes lie where there was room for them";
}

TEST_F(SpaceTest, aDiskThatDoesNotAnswerRefusesNothing) {
  disk_.failAlways(DiskCall::space, {ErrorKind::io, "no answer"});
  look();
  EXPECT_TRUE(takes(RecordKind::value));
  EXPECT_EQ(seen_, 0);
}

TEST_F(SpaceTest, whoWaitsForSpaceIsToldOfEachLook) {
  space_.keepLooking(true);
  loop_.runFor(10_s);
  EXPECT_GE(seen_, 9);
  space_.keepLooking(false);
  loop_.runFor(10_s);
  EXPECT_FALSE(loop_.step());
}

}  // namespace
}  // namespace henge::storage

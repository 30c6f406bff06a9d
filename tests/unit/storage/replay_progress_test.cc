#include "server/storage/replay_progress.h"

#include <gtest/gtest.h>

namespace henge::storage {
namespace {

constexpr std::uint64_t mib = 1 << 20;

TEST(ReplayProgress, ALineATenth) {
  ReplayProgress progress(100, 6400 * mib, {0});
  int lines = 0;
  for (int i = 1; i <= 100; ++i)
    lines += progress.segmentDone(64 * mib, 0, {i * 100'000}).has_value() ? 1 : 0;
  EXPECT_EQ(lines, 9) << "the end has its own line";
}

TEST(ReplayProgress, SlowSegmentsAreToldEveryFewSeconds) {
  ReplayProgress progress(100, 6400 * mib, {0});
  EXPECT_FALSE(progress.segmentDone(64 * mib, 7, {2'000'000}));
  EXPECT_EQ(progress.segmentDone(64 * mib, 9, {6'000'000}),
            "replaying 2 of 100 segments, 128.0 of 6400.0 MiB, 9 records; about 294 s to go");
  EXPECT_FALSE(progress.segmentDone(64 * mib, 11, {10'000'000}));
  EXPECT_TRUE(progress.segmentDone(64 * mib, 13, {11'000'000}));
}

TEST(ReplayProgress, QuickOnesAreQuiet) {
  ReplayProgress progress(4, 4 * mib, {0});
  for (int i = 1; i <= 4; ++i) EXPECT_FALSE(progress.segmentDone(mib, 1, {i * 240'000}));
  EXPECT_FALSE(ReplayProgress(1, 0, {0}).segmentDone(0, 0, {9'000'000}));
}

TEST(ReplayProgress, FilesWithoutBytesSayNothing) {
  ReplayProgress progress(3, 0, {0});
  EXPECT_FALSE(progress.segmentDone(0, 0, {9'000'000}));
}

}  // namespace
}  // namespace henge::storage

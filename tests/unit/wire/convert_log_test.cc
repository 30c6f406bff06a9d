#include "wire/convert_log.h"

#include <gtest/gtest.h>

namespace henge::wire {
namespace {

LogView someLog() {
  LogView log;
  log.node = {2};
  log.segments = {{4, 4096, 4000, LogSegment::State::closed},
                  {5, 4096, 300, LogSegment::State::active},
                  {6, 4096, 0, LogSegment::State::ready}};
  log.segmentCount = 3;
  log.spares = 1;
  log.applied = {4, 4000};
  log.synced = {5, 200};
  log.end = {5, 300};
  log.logSync = "periodic";
  log.bytes = 8192;
  log.bytesMax = 1 << 20;
  log.bytesSinceCheckpoint = 300;
  log.syncs = 12;
  log.records = 120;
  log.syncHalf = 900_us;
  log.sync99 = 4_ms;
  log.syncMax = 17_ms;
  log.replayedSegments = 2;
  log.replayedRecords = 77;
  log.replayTook = 12_ms;
  log.tornBytes = 21;
  log.cutAt = {3, 128};
  log.damage = {{"log/0/segment-2.log", 512, "why", KeyBounds{"a", Bytes("\0\xff", 2)}, 3},
                {"log/0/segment-3.log", 0, "the file is missing", {}, {}}};
  return log;
}

TEST(ConvertLog, ComesBackAsItWas) {
  EXPECT_EQ(toCore(toThrift(someLog())), someLog());
  EXPECT_EQ(toCore(toThrift(LogView())), LogView());
}

TEST(ConvertLog, OfManySegmentsTheFirstAreToldAndAllAreCounted) {
  LogView log;
  for (std::uint64_t id = 1; id <= logSegmentsMax + 5; ++id) log.segments.push_back({id, 1, 1, {}});
  log.segmentCount = log.segments.size();
  const LogView seen = toCore(toThrift(log));
  EXPECT_EQ(seen.segments.size(), logSegmentsMax);
  EXPECT_EQ(seen.segmentCount, logSegmentsMax + 5);
}

// What a later version may add, or leave out, is not taken for a bound.
TEST(ConvertLog, HalfABoundIsNone) {
  thrift::LogAnswer answer = toThrift(someLog());
  answer.damage[0].__isset.greatestKey = false;
  EXPECT_FALSE(toCore(answer).damage[0].keys);
  answer.segments[0].state = "melted";
  EXPECT_EQ(toCore(answer).segments[0].state, LogSegment::State::closed);
}

}  // namespace
}  // namespace henge::wire

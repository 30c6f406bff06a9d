#include "server/storage/log_judge.h"

#include <gtest/gtest.h>
#include <map>

#include "server/storage/segment_names.h"
#include "tests/unit/storage/segment_builder.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {
namespace {

// Three segments, the last of them open, and one made ahead.
class Log {
 public:
  Log() {
    Predecessor before;
    for (std::uint64_t id = 1; id <= 3; ++id) {
      SegmentHeader header;
      header.owner = testOwner();
      header.id = id;
      header.predecessor = before;
      header.syncedTo = {before.id, before.end};
      SegmentBuilder segment(header);
      for (const char* key : {"a", "b", "c"}) {
        segment.add({recordOf(key + std::to_string(id), static_cast<std::int64_t>(id))},
                    segment.at());
      }
      if (id < 3) segment.end(segment.at());
      before = {id, segment.at().offset, segment.lastChecksum()};
      files[id] = segment.file();
      ends[id] = segment.at();
    }
    files[4] = Bytes(4096, '\0');
  }

  // Everything, in order.
  LogJudge judged(LogPosition applied = {}) {
    std::vector<ports::DirectoryEntry> entries;
    for (const auto& [id, bytes] : files) entries.push_back({segmentName(id), bytes.size()});
    LogJudge judge(options, entries, applied);
    while (!judge.done()) {
      std::optional<SegmentHeader> successor;
      if (judge.hasSuccessor())
        successor = headerInUse(files.at(judge.file().id + 1), testOwner(), judge.file().id + 1);
      ends_.push_back(judge.judge(files.at(judge.file().id), successor)->content.end);
    }
    return judge;
  }
  const std::vector<SegmentEnd>& verdicts() const { return ends_; }

  StorageOptions options = smallOptions();
  std::map<std::uint64_t, Bytes> files;
  std::map<std::uint64_t, LogPosition> ends;

 private:
  std::vector<SegmentEnd> ends_;
};

TEST(LogJudge, GivesEachSegmentItsVerdict) {
  Log log;
  const LogJudge judge = log.judged();
  EXPECT_EQ(log.verdicts(), (std::vector<SegmentEnd>{SegmentEnd::ended, SegmentEnd::ended,
                                                     SegmentEnd::clean, SegmentEnd::unused}));
  EXPECT_TRUE(judge.damage().empty());
  EXPECT_EQ(judge.segmentsUsed(), 3u);
  EXPECT_EQ((LogPosition{judge.last().id, judge.last().end}), log.ends[3]);
  ASSERT_EQ(judge.unused().size(), 1u);
  EXPECT_EQ(judge.unused()[0].id, 4u);
  EXPECT_EQ(judge.closed().size(), 3u);
  EXPECT_EQ(judge.bytesToRead(), 4u * 4096);
}

TEST(LogJudge, WhatTheStoreHoldsIsNotJudged) {
  Log log;
  const LogJudge judge = log.judged({2, log.ends[2].offset});
  EXPECT_EQ(judge.segmentsUsed(), 1u);
  EXPECT_EQ(judge.plan().old.size(), 2u);
}

TEST(LogJudge, DamageBearsFilePlaceKeysAndCount) {
  Log log;
  log.files[2][400] ^= 1;
  const LogJudge judge = log.judged();
  ASSERT_EQ(judge.damage().size(), 1u);
  const LogDamage& damage = judge.damage()[0];
  EXPECT_EQ(damage.file, "log/0/" + segmentName(2));
  EXPECT_LE(damage.offset, 400u);
  EXPECT_EQ(damage.keys, (KeyBounds{"a2", "c2"}));
  EXPECT_EQ(damage.recordsMax, 1u);
  EXPECT_EQ(judge.damaged(), (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(judge.closed().size(), 2u);
}

TEST(LogJudge, AnEmptySegmentIsDamageOnceALaterOneIsInUse) {
  Log log;
  log.files[2] = Bytes(4096, '\0');
  const LogJudge judge = log.judged();
  ASSERT_EQ(judge.damage().size(), 1u);
  EXPECT_EQ(judge.damage()[0].file, "log/0/" + segmentName(2));
  EXPECT_FALSE(judge.damage()[0].keys);
}

TEST(LogJudge, ATornTailIsNoDamage) {
  Log log;
  log.files[3].replace(log.ends[3].offset, 10, "half a bat");
  const LogJudge judge = log.judged();
  EXPECT_TRUE(judge.damage().empty());
  EXPECT_EQ(judge.tornBytes(), 10u);
  EXPECT_EQ(judge.cutAt(), log.ends[3]);
}

}  // namespace
}  // namespace henge::storage

#include "tests/sim/oracle/log_sight.h"

#include <gtest/gtest.h>

#include "server/storage/record_codec.h"
#include "server/storage/segment_format.h"
#include "server/storage/segment_names.h"

namespace henge::sim {
namespace {

constexpr DirectoryId directory{42};

// A log as a node writes it, batch by batch.
class LogSightTest : public ::testing::Test {
 protected:
  // One batch of one record behind what was written before.
  void write(const Bytes& key, std::int64_t timestamp) {
    Record record;
    record.key = key;
    record.version = {timestamp, 1};
    record.value = "12345678";
    Bytes batch(storage::batchHeaderBytes, '\0');
    storage::appendEntry(batch, record);
    storage::BatchHeader header;
    header.directory = directory;
    header.at = {1, offset_};
    header.count = 1;
    storage::seal(batch, header);
    const bool first = offset_ == storage::segmentHeaderBytes;
    const Bytes head(first ? offset_ : 0, 'h');  // the segment's header comes with its first batch
    sight_.onWritten(path_, offset_ - head.size(), head + batch, directory);
    offset_ += batch.size();
  }

  LogSight sight_{keysWithTwo()};
  const std::string path_ = storage::logDirectory(0) + "/" + storage::segmentName(1);
  std::uint64_t offset_ = storage::segmentHeaderBytes;

 private:
  static const KeyTable& keysWithTwo() {
    static const KeyTable two = [] {
      KeyTable table;
      table.add("a");
      table.add("b");
      return table;
    }();
    return two;
  }
};

TEST_F(LogSightTest, WhatIsWrittenIsKeptOnceItIsSynced) {
  write("a", 10);
  EXPECT_EQ(sight_.written(0).version.timestamp, 10);
  EXPECT_TRUE(sight_.synced(0).version.isNone());
  const auto durable = sight_.onSynced(path_);
  ASSERT_EQ(durable.size(), 1u);
  EXPECT_EQ(durable[0].key, 0u);
  EXPECT_EQ(sight_.synced(0).version.timestamp, 10);
  EXPECT_EQ(sight_.syncedEnd(), (LogPosition{1, offset_}));
}

TEST_F(LogSightTest, AfterARestartThePrefixThatCameBackIsKeptAndTheRestForgotten) {
  write("a", 10);
  sight_.onSynced(path_);
  write("b", 20);
  write("a", 30);
  ASSERT_EQ(sight_.unsynced().size(), 2u);
  sight_.recovered(1);
  EXPECT_EQ(sight_.synced(0).version.timestamp, 10);
  EXPECT_EQ(sight_.synced(1).version.timestamp, 20);
  EXPECT_TRUE(sight_.unsynced().empty());
}

TEST_F(LogSightTest, BehindAWriteThatCameInPartNothingCounts) {
  sight_.onWritten(path_, offset_, "half a batch", directory);
  offset_ += 100;
  write("a", 10);
  EXPECT_TRUE(sight_.unsynced().empty());
  EXPECT_TRUE(sight_.onSynced(path_).empty());
}

TEST_F(LogSightTest, NoMoreOfTheFirstWriteThanTheHeaderIsAWriteInPart) {
  sight_.onWritten(path_, 0, Bytes(storage::segmentHeaderBytes, 'h'), directory);
  offset_ += 100;
  write("a", 10);
  EXPECT_TRUE(sight_.unsynced().empty());
}

TEST_F(LogSightTest, FilesThatAreNotTheLogsSayNothing) {
  EXPECT_TRUE(sight_.onWritten("clock", 0, "0123456789", directory).empty());
  EXPECT_TRUE(sight_.onSynced("clock").empty());
}

}  // namespace
}  // namespace henge::sim

#include "server/engine/rocks_options.h"

#include <gtest/gtest.h>
#include <memory>
#include <rocksdb/db.h>
#include <rocksdb/perf_context.h>
#include <string>
#include <sys/stat.h>

#include "server/engine/rocks_listener.h"
#include "tests/kit/temp_directory.h"
#include "tests/unit/engine/store_bench.h"

namespace henge::engine {
namespace {

TEST(RocksOptions, whatOurPromisesRestOn) {
  const kit::TempDirectory root;
  const auto rocks = rocksOptions(smallEngine(root.path()));
  EXPECT_TRUE(rocks.avoid_flush_during_shutdown);
  EXPECT_FALSE(rocks.atomic_flush);
  EXPECT_FALSE(rocks.unordered_write);
  EXPECT_TRUE(rocks.paranoid_checks);
  EXPECT_TRUE(rocks.force_consistency_checks);
  EXPECT_EQ(rocks.max_bgerror_resume_count, 0);
  EXPECT_EQ(rocks.db_log_dir, "");
  EXPECT_EQ(rocks.write_buffer_size, smallEngine("").memtableBytes);
}

// A filter of a whole table file is larger than a shard of the cache, is never kept and would be
// read for each key anew: 250 KiB here, more than a MiB in a file of a million keys.
TEST(RocksOptions, aGetReadsLittleMoreThanItsBlockHoweverLargeTheFile) {
  constexpr int keys = 200'000, reads = 500;
  constexpr std::uint64_t bytesPerReadMax = 48 << 10;
  const auto keyOf = [](int number) { return "key" + std::to_string(10'000'000 + number); };
  const kit::TempDirectory root;
  EngineOptions engine = smallEngine(root / "store");
  engine.cacheBytes = 128 << 10;
  engine.memtableBytes = 64 << 20;
  ASSERT_TRUE(makeStoreDirectory(engine.directory).ok());

  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(rocksOptions(engine), engine.directory, &opened).ok());
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions unlogged;
  unlogged.disableWAL = true;
  for (int number = 0; number < keys; ++number) {
    ASSERT_TRUE(db->Put(unlogged, keyOf(number), "value").ok());
  }
  rocksdb::CompactRangeOptions whole;  // since what a flush left is pinned in the cache
  whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  ASSERT_TRUE(db->CompactRange(whole, nullptr, nullptr).ok());

  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kEnableCount);
  rocksdb::get_perf_context()->Reset();
  for (int read = 0; read < reads; ++read) {
    std::string value;
    const int number = read * 7919 % keys;  // all over the file
    ASSERT_TRUE(db->Get({}, keyOf(number), &value).ok());
  }
  const std::uint64_t bytes = rocksdb::get_perf_context()->block_read_byte;
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
  EXPECT_GT(bytes, 0U);
  EXPECT_LE(bytes / reads, bytesPerReadMax);
}

TEST(RocksOptions, theStoresDirectoryIsMadeOnceAndRefusedByName) {
  const kit::TempDirectory root;
  ASSERT_TRUE(makeStoreDirectory(root / "store").ok());
  ASSERT_TRUE(makeStoreDirectory(root / "store").ok());
  const auto status = makeStoreDirectory(root / "none/store");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::io);
  EXPECT_NE(status.error().message.find(root / "none/store"), std::string::npos);
}

TEST(RocksListener, aBackgroundErrorRaisesTheFailure) {
  Inbox inbox;
  WatchLog log;
  auto failure = std::make_shared<Failure>(inbox.post());
  failure->watch(&log);
  RocksListener listener(failure);
  auto status = rocksdb::Status::Corruption("block checksum mismatch");
  listener.OnBackgroundError(rocksdb::BackgroundErrorReason::kCompaction, &status);
  inbox.pump();
  inbox.pump();
  ASSERT_EQ(log.told.size(), 1U);
  EXPECT_EQ(log.told[0].kind, ErrorKind::corrupt);
  EXPECT_NE(log.told[0].message.find("block checksum mismatch"), std::string::npos);
}

TEST(RocksListener, statusesBecomeKinds) {
  EXPECT_EQ(errorOf(rocksdb::Status::NoSpace("x")).kind, ErrorKind::diskFull);
  EXPECT_EQ(errorOf(rocksdb::Status::IOError("x")).kind, ErrorKind::io);
}

}  // namespace
}  // namespace henge::engine

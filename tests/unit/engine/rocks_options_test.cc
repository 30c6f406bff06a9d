#include "server/engine/rocks_options.h"

#include <gtest/gtest.h>
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

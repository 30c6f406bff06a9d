#include "server/engine/rocks_store.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/kit/temp_directory.h"
#include "tests/unit/engine/faulty_file_system.h"
#include "tests/unit/engine/store_bench.h"

namespace henge::engine {
namespace {

namespace fs = std::filesystem;
using Cached = std::optional<std::optional<Bytes>>;

std::string textOf(const ports::StoreResult& scanned) {
  std::string text;
  for (const auto& entry : scanned.entries) text += entry.key + "=" + *entry.value + " ";
  return text;
}

Bytes numbered(int i) {
  std::string digits = std::to_string(i);
  return "k" + std::string(6 - digits.size(), '0') + digits;
}

class RocksStoreTest : public testing::Test {
 protected:
  kit::TempDirectory root_;
  StoreBench bench_{smallEngine(root_ / "store")};
};

TEST_F(RocksStoreTest, readsSeeWhatWasWritten) {
  const Bytes key("\0\xffkey", 5);
  ASSERT_TRUE(bench_.write({{key, "v1"}, {"gone", "x"}, {"", "empty key"}}).status.ok());
  ASSERT_TRUE(bench_.write({{"gone", std::nullopt}, {"empty", ""}}).status.ok());
  EXPECT_EQ(bench_.get(key).value, "v1");
  EXPECT_EQ(bench_.get("").value, "empty key");
  EXPECT_EQ(bench_.get("empty").value, "");
  EXPECT_EQ(bench_.get("gone").value, std::nullopt);
  EXPECT_EQ(bench_.get("never").value, std::nullopt);
}

TEST_F(RocksStoreTest, aBatchIsAppliedInItsOrder) {
  ASSERT_TRUE(bench_.write({{"a", "1"}, {"a", std::nullopt}, {"a", "2"}, {"b", "1"}}).status.ok());
  ASSERT_TRUE(bench_.write({{"b", "2"}, {"b", std::nullopt}}).status.ok());
  ASSERT_TRUE(bench_.write({}).status.ok());
  EXPECT_EQ(textOf(bench_.scan("", "")), "a=2 ");
}

TEST_F(RocksStoreTest, writesEndInTheOrderOfTheCalls) {
  for (int i = 0; i < 300; ++i) {
    bench_.store().write(bench_.next(), bench_, {{"k", std::to_string(i)}});
    if (i % 100 == 50) bench_.store().flush(bench_.next(), bench_);
  }
  const OpId last = bench_.next();
  bench_.store().write(last, bench_, {{"k", "last"}});
  ASSERT_TRUE(bench_.wait(last).status.ok());
  EXPECT_EQ(bench_.order().size(), last.value);
  EXPECT_TRUE(std::is_sorted(bench_.order().begin(), bench_.order().end()));
  EXPECT_EQ(bench_.get("k").value, "last");
}

TEST_F(RocksStoreTest, persistedIsWhatAFlushHasWritten) {
  ASSERT_TRUE(bench_.write({{"a", "old"}, {"b", "old"}}).status.ok());
  EXPECT_EQ(bench_.getPersisted("a").value, std::nullopt);
  EXPECT_EQ(bench_.get("a").value, "old");
  ASSERT_TRUE(bench_.flush().status.ok());
  EXPECT_EQ(bench_.getPersisted("a").value, "old");

  ASSERT_TRUE(bench_.write({{"a", "new"}, {"b", std::nullopt}}).status.ok());
  EXPECT_EQ(bench_.getPersisted("a").value, "old");
  EXPECT_EQ(bench_.getPersisted("b").value, "old");
  EXPECT_EQ(bench_.get("a").value, "new");
  EXPECT_EQ(bench_.get("b").value, std::nullopt);
}

TEST_F(RocksStoreTest, aStopKeepsWhatWasFlushedAndNothingElse) {
  ASSERT_TRUE(bench_.write({{"a", "flushed"}}).status.ok());
  ASSERT_TRUE(bench_.flush().status.ok());
  ASSERT_TRUE(bench_.write({{"a", "not flushed"}, {"b", "not flushed"}}).status.ok());
  ASSERT_TRUE(bench_.open().ok());
  EXPECT_EQ(textOf(bench_.scan("", "")), "a=flushed ");
}

TEST_F(RocksStoreTest, cachedReadsAnswerFromMemoryOnly) {
  ASSERT_TRUE(bench_.write({{"a", "1"}}).status.ok());
  EXPECT_EQ(bench_.store().getCached("a"), Cached("1"));
  EXPECT_EQ(bench_.store().getCached("b"), Cached(std::optional<Bytes>()));
  ASSERT_TRUE(bench_.flush().status.ok());
  ASSERT_TRUE(bench_.open().ok());
  EXPECT_EQ(bench_.store().getCached("a"), std::nullopt);  // on disk, in no cache yet
  EXPECT_EQ(bench_.get("a").value, "1");
  EXPECT_EQ(bench_.store().getCached("a"), Cached("1"));
}

TEST_F(RocksStoreTest, scansKeepTheirBoundsAndLimits) {
  ASSERT_TRUE(bench_.write({{"a", "1"}, {"b", "22"}, {"c", "3"}}).status.ok());
  ASSERT_TRUE(bench_.flush().status.ok());
  ASSERT_TRUE(bench_.write({{"b", "2"}, {"d", "4"}, {"c", std::nullopt}}).status.ok());
  EXPECT_EQ(textOf(bench_.scan("", "")), "a=1 b=2 d=4 ");
  EXPECT_EQ(textOf(bench_.scan("b", "d")), "b=2 ");
  EXPECT_EQ(textOf(bench_.scan("aa", "")), "b=2 d=4 ");
  EXPECT_EQ(textOf(bench_.scan("d", "b")), "");
  EXPECT_EQ(textOf(bench_.scan("", "", 2)), "a=1 b=2 ");
  EXPECT_EQ(textOf(bench_.scan("", "", 0)), "");
  EXPECT_EQ(textOf(bench_.scan("", "", 100, 3)), "a=1 b=2 ");  // passes the limit by one entry
  EXPECT_EQ(textOf(bench_.scan("", "", 100, 1)), "a=1 ");
}

TEST_F(RocksStoreTest, estimatesFollowTheContents) {
  EXPECT_EQ(bench_.store().approximateEntries(), 0U);
  ports::StoreBatch batch;
  for (int i = 0; i < 5000; ++i) batch.push_back({numbered(i), Bytes(100, 'v')});
  ASSERT_TRUE(bench_.write(std::move(batch)).status.ok());
  ASSERT_TRUE(bench_.flush().status.ok());
  EXPECT_NEAR(static_cast<double>(bench_.store().approximateEntries()), 5000, 500);
  EXPECT_GT(bench_.store().approximateBytes(), 5000U);
  const auto quarter = bench_.store().approximateEntries(numbered(1250), numbered(2500));
  EXPECT_GT(quarter, 500U);
  EXPECT_LT(quarter, 2500U);
  EXPECT_EQ(bench_.store().approximateEntries("z", ""), 0U);
  ASSERT_TRUE(bench_.open().ok());
  EXPECT_NEAR(static_cast<double>(bench_.store().approximateEntries()), 5000, 500);
}

TEST_F(RocksStoreTest, aSmallRangeInMemoryIsCountedExactly) {
  ASSERT_TRUE(bench_.write({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}).status.ok());
  ASSERT_TRUE(bench_.write({{"b", std::nullopt}, {"c", "33"}}).status.ok());
  EXPECT_EQ(bench_.store().approximateEntries("a", "d"), 2U);
  EXPECT_EQ(bench_.store().approximateEntries("b", ""), 2U);
  EXPECT_EQ(bench_.store().approximateEntries("", ""), 3U);
}

TEST_F(RocksStoreTest, theDirectoryIsTheOwnersAndItsInfoLogIsBounded) {
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(bench_.open().ok());
  struct stat status {};
  ASSERT_EQ(::stat((root_ / "store").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  int infoLogs = 0;
  for (const auto& entry : fs::directory_iterator(root_ / "store")) {
    infoLogs += entry.path().filename().string().starts_with("LOG") ? 1 : 0;
  }
  EXPECT_EQ(infoLogs, 1);  // LOG; a roll makes LOG.old
}

TEST_F(RocksStoreTest, aMissingParentOrASecondOpenIsRefused) {
  StoreBench second(smallEngine(root_ / "other"));
  auto options = smallEngine(root_ / "none/store");
  const auto missing = RocksStore::open(options, second.inbox().post());
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("none/store"), std::string::npos);
  options.directory = root_ / "store";
  const auto held = RocksStore::open(options, second.inbox().post());
  ASSERT_FALSE(held.ok());
  EXPECT_EQ(held.error().kind, ErrorKind::io);
}

TEST_F(RocksStoreTest, destructionTellsNobody) {
  for (int i = 0; i < 200; ++i) {
    bench_.store().write(bench_.next(), bench_, {{numbered(i), Bytes(1000, 'v')}});
    bench_.store().get(bench_.next(), bench_, numbered(i));
  }
  bench_.close();
  while (bench_.inbox().pumpIfAny()) {
  }
  EXPECT_TRUE(bench_.order().empty());
}

// The first half of every table file wrong: entries there cannot be read unless they are in memory.
void spoilTables(const std::string& directory) {
  int spoiled = 0;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() != ".sst") continue;
    // Behind the entries are filter, index and footer: they stay, so that it opens.
    std::fstream file(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
    for (auto left = fs::file_size(entry.path()) / 2; left > 0; --left) file.put('\x5a');
    ++spoiled;
  }
  ASSERT_GT(spoiled, 0);
}

TEST_F(RocksStoreTest, damageIsToldOnceAndEndsTheService) {
  ports::StoreBatch batch;
  for (int i = 0; i < 2000; ++i) batch.push_back({numbered(i), Bytes(100, static_cast<char>(i))});
  ASSERT_TRUE(bench_.write(std::move(batch)).status.ok());
  ASSERT_TRUE(bench_.flush().status.ok());
  bench_.close();
  spoilTables(root_ / "store");
  ASSERT_TRUE(bench_.open().ok());

  const auto read = bench_.get(numbered(1));
  ASSERT_FALSE(read.status.ok());
  EXPECT_EQ(read.status.error().kind, ErrorKind::corrupt);
  EXPECT_FALSE(bench_.scan("", "").status.ok());
  EXPECT_FALSE(bench_.write({{"a", "1"}}).status.ok());  // not even what would go well
  EXPECT_FALSE(bench_.flush().status.ok());
  EXPECT_EQ(bench_.store().getCached("a"), std::nullopt);
  while (bench_.inbox().pumpIfAny()) {
  }
  ASSERT_EQ(bench_.failures().size(), 1U);
  EXPECT_EQ(bench_.failures()[0].kind, ErrorKind::corrupt);
}

TEST_F(RocksStoreTest, aFailedFlushIsToldAndKeepsWhatWasPersisted) {
  ASSERT_TRUE(bench_.write({{"a", "persisted"}}).status.ok());
  ASSERT_TRUE(bench_.flush().status.ok());
  ASSERT_TRUE(bench_.write({{"a", "new"}, {"b", Bytes(100'000, 'v')}}).status.ok());

  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{64, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto flushed = bench_.flush();
  ::setrlimit(RLIMIT_FSIZE, &before);

  EXPECT_FALSE(flushed.status.ok());
  while (bench_.failures().empty()) bench_.inbox().pump();
  EXPECT_FALSE(bench_.write({{"c", "3"}}).status.ok());
  ASSERT_TRUE(bench_.open().ok());
  EXPECT_EQ(textOf(bench_.scan("", "")), "a=persisted ");
  EXPECT_EQ(bench_.failures().size(), 1U);
}

// Every file of the engine is made through the file system it was given.
TEST(RocksStoreFiles, goThroughTheFileSystemOfItsOptions) {
  const kit::TempDirectory root;
  std::mutex mutex;
  std::map<FileCall, int> calls;
  auto options = smallEngine(root / "store");
  options.fileSystem =
      std::make_shared<FaultyFileSystem>([&](FileCall call, const std::string& path) {
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(path.starts_with(root / "store")) << path;
        ++calls[call];
        return rocksdb::IOStatus::OK();
      });
  StoreBench bench(options);
  ASSERT_TRUE(bench.write({{"a", "1"}}).status.ok());
  ASSERT_TRUE(bench.flush().status.ok());
  ASSERT_TRUE(bench.open().ok());
  EXPECT_EQ(bench.get("a").value, "1");
  for (const FileCall call : {FileCall::open, FileCall::read, FileCall::write, FileCall::sync,
                              FileCall::rename, FileCall::remove, FileCall::list}) {
    EXPECT_GT(calls[call], 0) << static_cast<int>(call);
  }
}

}  // namespace
}  // namespace henge::engine

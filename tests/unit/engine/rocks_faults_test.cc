// What the store says and does when the calls of the engine's files fail, or take their time.
#include <atomic>
#include <filesystem>
#include <gtest/gtest.h>
#include <thread>

#include "server/engine/read_guard.h"
#include "server/engine/rocks_store.h"
#include "tests/kit/temp_directory.h"
#include "tests/unit/engine/faulty_file_system.h"
#include "tests/unit/engine/store_bench.h"

namespace henge::engine {
namespace {

using rocksdb::IOStatus;

Bytes numbered(int i) {
  std::string digits = std::to_string(i);
  return "k" + std::string(6 - digits.size(), '0') + digits;
}

// Its file system does as `plan` says, which may change between two calls of the store.
class RocksFaults : public testing::Test {
 protected:
  RocksFaults() {
    options_.fileSystem =
        std::make_shared<FaultyFileSystem>([this](FileCall call, const std::string& path) {
          FilePlan plan;
          {
            const std::lock_guard lock(mutex_);
            plan = plan_;
          }
          return plan ? plan(call, path) : IOStatus::OK();
        });
    bench_ = std::make_unique<StoreBench>(options_);
  }
  ~RocksFaults() override {
    bench_.reset();
    options_.fileSystem.reset();
  }

  void plan(FilePlan plan) {
    const std::lock_guard lock(mutex_);
    plan_ = std::move(plan);
  }
  void failAll(FileCall failing, const IOStatus& status) {
    plan([failing, status](FileCall call, const std::string&) {
      return call == failing ? status : IOStatus::OK();
    });
  }
  void writeMany(int from, int to) {
    ports::StoreBatch batch;
    for (int i = from; i < to; ++i) batch.push_back({numbered(i), Bytes(100, 'v')});
    ASSERT_TRUE(bench_->write(std::move(batch)).status.ok());
  }
  void pumpUntilTold(std::size_t failures) {
    while (bench_->failures().size() < failures) bench_->inbox().pump();
  }

  kit::TempDirectory root_;
  EngineOptions options_ = smallEngine(root_ / "store");
  std::mutex mutex_;
  FilePlan plan_;  // under mutex_
  std::unique_ptr<StoreBench> bench_;
};

class WithoutSpace : public RocksFaults, public testing::WithParamInterface<FileCall> {};

TEST_P(WithoutSpace, ReadsGoOnWritesEndAndItIsOpenedAnew) {
  writeMany(0, 500);
  ASSERT_TRUE(bench_->flush().status.ok());
  writeMany(500, 1000);
  failAll(GetParam(), IOStatus::NoSpace("no space left on device"));
  const auto flushed = bench_->flush();
  ASSERT_FALSE(flushed.status.ok());
  EXPECT_EQ(flushed.status.error().kind, ErrorKind::diskFull) << flushed.status.error().message;
  pumpUntilTold(1);
  EXPECT_EQ(bench_->failures()[0].kind, ErrorKind::diskFull);
  EXPECT_EQ(bench_->write({{"a", "1"}}).status.error().kind, ErrorKind::diskFull);
  EXPECT_EQ(bench_->flush().status.error().kind, ErrorKind::diskFull);
  EXPECT_EQ(bench_->get(numbered(7)).value, Bytes(100, 'v'));
  EXPECT_EQ(bench_->get(numbered(707)).value, Bytes(100, 'v'));
  EXPECT_TRUE(bench_->store().getCached(numbered(707)));
  EXPECT_EQ(bench_->scan("", "").entries.size(), 1000U);
  EXPECT_FALSE(bench_->reopen().status.ok()) << "there is still none";
  EXPECT_EQ(bench_->get(numbered(7)).status.error().kind, ErrorKind::rebuilding);
  EXPECT_EQ(bench_->store().getCached(numbered(7)), std::nullopt);

  plan(nullptr);
  const auto reopened = bench_->reopen();
  ASSERT_TRUE(reopened.status.ok()) << reopened.status.error().message;
  EXPECT_EQ(bench_->scan("", "").entries.size(), 500U) << "what was persisted";
  writeMany(500, 1000);
  ASSERT_TRUE(bench_->flush().status.ok());
  EXPECT_EQ(bench_->failures().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(OfEachCall, WithoutSpace,
                         testing::Values(FileCall::open, FileCall::write, FileCall::sync),
                         [](const auto& about) {
                           return std::to_string(static_cast<int>(about.param));
                         });

TEST_F(RocksFaults, AReopenWhileReadsComeWaitsForThoseUnderWayAlone) {
  writeMany(0, 500);
  ASSERT_TRUE(bench_->flush().status.ok());
  std::vector<OpId> reads;
  const auto ask = [&](int count) {
    for (int i = 0; i < count; ++i) {
      bench_->store().get(reads.emplace_back(bench_->next()), *bench_, numbered(i));
    }
  };
  ask(200);
  const OpId reopening = bench_->next();
  bench_->store().reopen(reopening, *bench_);
  ask(200);
  ASSERT_TRUE(bench_->wait(reopening).status.ok());
  for (const OpId op : reads) {
    const auto read = bench_->wait(op);
    if (read.status.ok()) {
      EXPECT_EQ(read.value, Bytes(100, 'v')) << "never absent";
    } else {
      EXPECT_EQ(read.status.error().kind, ErrorKind::rebuilding);
    }
  }
}

TEST_F(RocksFaults, AFailedWriteOfATableIsNoFullDisk) {
  writeMany(0, 500);
  failAll(FileCall::write, IOStatus::IOError("the disk is ill"));
  EXPECT_EQ(bench_->flush().status.error().kind, ErrorKind::io);
  pumpUntilTold(1);
  EXPECT_EQ(bench_->failures()[0].kind, ErrorKind::io);
  EXPECT_FALSE(bench_->get(numbered(1)).status.ok()) << "nothing is believed any more";
}

TEST_F(RocksFaults, AFailedReadIsDamageOfThatFile) {
  writeMany(0, 500);
  ASSERT_TRUE(bench_->flush().status.ok());
  ASSERT_TRUE(bench_->open().ok());  // nothing is cached
  failAll(FileCall::read, IOStatus::IOError("bad sector"));
  EXPECT_EQ(bench_->get(numbered(7)).status.ok(), false);
  pumpUntilTold(1);
  EXPECT_EQ(bench_->failures()[0].kind, ErrorKind::corrupt);
  EXPECT_NE(bench_->failures()[0].message.find(".sst cannot be read at "), std::string::npos)
      << bench_->failures()[0].message;
  EXPECT_NE(bench_->failures()[0].message.find("bad sector"), std::string::npos);
}

// RocksDB before 8.7.0 may take such a read for the end of a table, and drop what is behind.
TEST_F(RocksFaults, AReadThatFailsInACompactionCostsNothingOnTheDisk) {
  const auto flushRound = [this](int round) {
    ports::StoreBatch batch;
    for (int i = 0; i < 900; ++i) batch.push_back({numbered(i), Bytes(60, char('a' + round))});
    ASSERT_TRUE(bench_->write(std::move(batch)).status.ok());
    ASSERT_TRUE(bench_->flush().status.ok());
  };
  for (int round = 0; round < 5; ++round) flushRound(round);  // four of them are compacted
  ASSERT_TRUE(bench_->open().ok());
  std::atomic<int> failed = 0;
  plan([&failed, seen = std::make_shared<std::map<std::string, int>>(),
        mutex = std::make_shared<std::mutex>()](FileCall call, const std::string& path) {
    if (call != FileCall::read || !path.ends_with(".sst")) return IOStatus::OK();
    const std::lock_guard lock(*mutex);
    // Footer, index and what else an open reads go well; a block of data does not.
    if (++(*seen)[path] != 4) return IOStatus::OK();
    ++failed;
    return IOStatus::IOError("bad sector");
  });
  for (int round = 5; round < 12 && bench_->failures().empty(); ++round) {
    ports::StoreBatch batch;
    for (int i = 0; i < 900; ++i) batch.push_back({numbered(i), Bytes(60, char('a' + round))});
    if (!bench_->write(std::move(batch)).status.ok() || !bench_->flush().status.ok()) break;
  }
  pumpUntilTold(1);
  EXPECT_GT(failed, 0);
  EXPECT_EQ(bench_->failures()[0].kind, ErrorKind::corrupt);
  plan(nullptr);
  ASSERT_TRUE(bench_->open().ok());
  EXPECT_EQ(bench_->scan("", "").entries.size(), 900U);
}

TEST_F(RocksFaults, AStoreWithoutOneOfItsFilesIsDamaged) {
  writeMany(0, 500);
  ASSERT_TRUE(bench_->flush().status.ok());
  bench_->close();
  for (const auto& entry : std::filesystem::directory_iterator(root_ / "store")) {
    const std::string name = entry.path().filename();
    if (name.starts_with("MANIFEST")) std::filesystem::remove(entry.path());
  }
  const Status opened = bench_->open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::corrupt) << opened.error().message;
  EXPECT_NE(opened.error().message.find("MANIFEST"), std::string::npos) << opened.error().message;
}

// "A slow disk never blocks a loop": the test's thread is the loop here.
TEST_F(RocksFaults, WhatMemoryKnowsIsAnsweredWhileTheDiskStandsStill) {
  writeMany(0, 500);
  ASSERT_TRUE(bench_->flush().status.ok());
  EXPECT_EQ(bench_->get(numbered(7)).value, Bytes(100, 'v'));  // cached from now on
  writeMany(500, 600);
  std::atomic<bool> stands = true;
  std::atomic<int> waiting = 0;
  plan([&](FileCall call, const std::string&) {
    if (call == FileCall::list || call == FileCall::remove) return IOStatus::OK();
    ++waiting;
    stands.wait(true);
    return IOStatus::OK();
  });
  const OpId flushing = bench_->next();
  bench_->store().flush(flushing, *bench_);
  while (waiting == 0) std::this_thread::yield();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(*bench_->store().getCached(numbered(7)), Bytes(100, 'v'));
    EXPECT_EQ(*bench_->store().getCached(numbered(555)), Bytes(100, 'v'));
  }
  EXPECT_GT(bench_->store().approximateEntries(numbered(500), numbered(600)), 0U);
  EXPECT_GT(bench_->store().unflushedBytes(), 0U);
  EXPECT_EQ(bench_->get(numbered(555)).value, Bytes(100, 'v')) << "from memory, on a thread";
  stands = false;
  stands.notify_all();
  EXPECT_TRUE(bench_->wait(flushing).status.ok());
}

}  // namespace
}  // namespace henge::engine

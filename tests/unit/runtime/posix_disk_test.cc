#include "server/runtime/posix_disk.h"

#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/kit/temp_directory.h"

namespace henge::runtime {
namespace {

using testing::ElementsAre;

// Collects ends; stops the loop when as many have come as the test waits for.
class PosixDiskTest : public testing::Test, protected ports::DiskSink, protected ports::TimerSink {
 protected:
  void onDisk(OpId op, ports::DiskResult result) override {
    EXPECT_FALSE(calling_);
    ops_.push_back(op.value);
    results_.push_back(std::move(result));
    if (endsInRound_++ == 0) loop_.atRoundEnd(*this, 0);
    if (onEnd_) onEnd_(op.value);
    if (ops_.size() == awaited_) loop_.stop();
  }
  void onTimer(std::uint64_t) override {
    endsByRound_.push_back(endsInRound_);
    endsInRound_ = 0;
  }

  // The loop must not answer inside a call.
  void call(const std::function<void()>& calls) {
    calling_ = true;
    calls();
    calling_ = false;
  }
  void runUntil(std::size_t ends) {
    awaited_ = ends;
    loop_.run();
  }
  void expectAllOk() {
    for (const auto& result : results_) {
      EXPECT_TRUE(result.status.ok()) << result.status.error().message;
    }
  }

  kit::TempDirectory root_;
  Loop loop_;
  std::unique_ptr<PosixDisk> disk_ = std::move(PosixDisk::open(loop_, root_.path())).value();
  std::vector<std::uint64_t> ops_;
  std::vector<ports::DiskResult> results_;
  std::vector<int> endsByRound_;
  std::function<void(std::uint64_t)> onEnd_;
  std::size_t awaited_ = 0;
  int endsInRound_ = 0;
  bool calling_ = false;
};

TEST_F(PosixDiskTest, everyCallDoesItsWorkAndEndsInOrder) {
  call([&] {
    disk_->makeDirectory(OpId{1}, *this, "log/0");
    disk_->create(OpId{2}, *this, "log/0/spare", 4096);
    disk_->write(OpId{3}, *this, "log/0/spare", 10, "hello");
    disk_->sync(OpId{4}, *this, "log/0/spare");
    disk_->rename(OpId{5}, *this, "log/0/spare", "log/0/1");
    disk_->truncate(OpId{6}, *this, "log/0/1", 15);
    disk_->read(OpId{7}, *this, "log/0/1", 10, 100);
    disk_->replace(OpId{8}, *this, "log/0/small", "content");
    disk_->list(OpId{9}, *this, "log/0");
    disk_->remove(OpId{10}, *this, "log/0/small");
    disk_->list(OpId{11}, *this, "log/0");
    disk_->space(OpId{12}, *this);
  });
  runUntil(12);
  EXPECT_THAT(ops_, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  expectAllOk();
  EXPECT_EQ(results_[6].bytes, "hello");
  ASSERT_EQ(results_[8].entries.size(), 2U);
  EXPECT_EQ(results_[8].entries[0].name, "1");
  EXPECT_EQ(results_[8].entries[0].bytes, 15U);
  EXPECT_EQ(results_[8].entries[1].name, "small");
  EXPECT_EQ(results_[10].entries.size(), 1U);
  EXPECT_GT(results_[11].freeBytes, 0U);
}

// A file that can only be opened when somebody writes to it: the disk stands still until then.
TEST_F(PosixDiskTest, theLoopGoesOnWhileTheDiskStandsStill) {
  ASSERT_EQ(::mkfifo((root_ / "stands").c_str(), 0600), 0);
  disk_->create(OpId{1}, *this, "log", 4096);
  runUntil(1);
  call([&] {
    disk_->read(OpId{2}, *this, "stands", 0, 1);
    disk_->write(OpId{3}, *this, "log", 0, "hello");
    disk_->sync(OpId{4}, *this, "log");
  });
  int rounds = 0;
  int writer = -1;
  std::function<void()> goOn = [&] {
    EXPECT_EQ(ops_.size(), 1U) << "nothing ends meanwhile";
    if (++rounds < 1000) return loop_.post(goOn);
    // Opens as soon as the disk's thread waits at the other end.
    writer = ::open((root_ / "stands").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (writer < 0) loop_.post(goOn);
  };
  loop_.post(goOn);
  runUntil(4);
  EXPECT_GE(rounds, 1000);
  EXPECT_GE(writer, 0);
  ::close(writer);
  expectAllOk();
}

TEST_F(PosixDiskTest, aFailureEndsItsOwnCallOnly) {
  call([&] {
    disk_->create(OpId{1}, *this, "missing/file", 1);
    disk_->read(OpId{2}, *this, "none", 0, 1);
    disk_->list(OpId{3}, *this, "none");
    disk_->create(OpId{4}, *this, "file", 1);
    disk_->create(OpId{5}, *this, "file", 1);
  });
  runUntil(5);
  EXPECT_EQ(results_[0].status.error().kind, ErrorKind::notFound);
  EXPECT_EQ(results_[1].status.error().kind, ErrorKind::notFound);
  EXPECT_EQ(results_[2].status.error().kind, ErrorKind::notFound);
  EXPECT_TRUE(results_[3].status.ok());
  EXPECT_EQ(results_[4].status.error().kind, ErrorKind::alreadyExists);
}

TEST_F(PosixDiskTest, aWriteAndItsSyncWakeTheLoopOnce) {
  disk_->create(OpId{1}, *this, "log", 1 << 16);
  runUntil(1);
  endsByRound_.clear();
  for (std::uint64_t i = 0; i < 50; ++i) {
    call([&] {
      disk_->write(OpId{100 + i}, *this, "log", i * 100, Bytes(100, 'x'));
      disk_->sync(OpId{200 + i}, *this, "log");
    });
    runUntil(ops_.size() + 2);
  }
  expectAllOk();
  EXPECT_THAT(endsByRound_, testing::AllOf(testing::SizeIs(50), testing::Each(2)));
}

TEST_F(PosixDiskTest, aSyncsEndDoesNotWaitForTheWriteBehindIt) {
  // The write behind the first sync is called when that sync has ended; were the end held back for
  // a next call, nothing would ever move.
  disk_->create(OpId{1}, *this, "log", 100);
  runUntil(1);
  onEnd_ = [&](std::uint64_t op) {
    if (op == 3) disk_->write(OpId{4}, *this, "log", 1, "b");
    if (op == 4) disk_->sync(OpId{5}, *this, "log");
  };
  disk_->write(OpId{2}, *this, "log", 0, "a");
  disk_->sync(OpId{3}, *this, "log");
  runUntil(5);
  EXPECT_THAT(ops_, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(kit::contentsOf(root_ / "log").substr(0, 2), "ab");
}

TEST_F(PosixDiskTest, manyWritesAreNotAllHeldBack) {
  const std::uint64_t count = PosixDisk::endsHeldMax * 4;
  disk_->create(OpId{1}, *this, "log", count);
  for (std::uint64_t i = 0; i < count; ++i) disk_->write(OpId{2 + i}, *this, "log", i, "x");
  runUntil(count + 1);
  expectAllOk();
  EXPECT_TRUE(std::is_sorted(ops_.begin(), ops_.end()));
  EXPECT_EQ(kit::contentsOf(root_ / "log"), std::string(count, 'x'));
}

TEST_F(PosixDiskTest, twoDisksOfOneNodeShareTheirFiles) {
  auto maker = std::move(PosixDisk::open(loop_, root_.path())).value();
  onEnd_ = [&](std::uint64_t op) {
    if (op == 1) disk_->write(OpId{2}, *this, "segment", 0, "data");
    if (op == 2) disk_->sync(OpId{3}, *this, "segment");
    if (op == 3) maker->read(OpId{4}, *this, "segment", 0, 4);
    if (op == 4) maker->remove(OpId{5}, *this, "segment");
    if (op == 5) disk_->write(OpId{6}, *this, "segment", 0, "data");
  };
  maker->create(OpId{1}, *this, "segment", 8);
  runUntil(6);
  EXPECT_EQ(results_[3].bytes, "data");
  EXPECT_EQ(results_[5].status.error().kind, ErrorKind::notFound);
}

TEST_F(PosixDiskTest, destructionFinishesWhatWasHandedOverAndTellsNobody) {
  for (std::uint64_t i = 1; i <= 20; ++i) {
    disk_->create(OpId{i}, *this, "f" + std::to_string(i), 1 << 16);
  }
  loop_.post([&] { loop_.stop(); });
  loop_.run();  // a round: its end hands the calls over
  const std::size_t before = ops_.size();
  disk_.reset();
  loop_.post([&] { loop_.stop(); });
  loop_.run();
  EXPECT_EQ(ops_.size(), before);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    EXPECT_EQ(std::filesystem::file_size(root_ / ("f" + std::to_string(i))), 1U << 16);
  }
}

TEST_F(PosixDiskTest, aMissingRootIsRefused) {
  const auto disk = PosixDisk::open(loop_, root_ / "none");
  ASSERT_FALSE(disk.ok());
  EXPECT_EQ(disk.error().kind, ErrorKind::notFound);
}

}  // namespace
}  // namespace henge::runtime

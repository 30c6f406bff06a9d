// Which files and directories are really synced, seen at the system calls: names last over a power
// cut only if the directory that holds them was.
#include <algorithm>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <mutex>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#include "server/runtime/posix_files.h"
#include "tests/kit/temp_directory.h"

namespace {

struct Synced {
  dev_t device = 0;
  ino_t node = 0;
  bool whole = false;  // fsync, not fdatasync
};

std::mutex mutex;
std::vector<Synced> synced;  // under mutex

void remember(int fd, bool whole) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return;
  const std::lock_guard lock(mutex);
  synced.push_back({status.st_dev, status.st_ino, whole});
}

}  // namespace

// In the place of the C library's, for this program.
extern "C" int fsync(int fd) {
  remember(fd, true);
  return static_cast<int>(::syscall(SYS_fsync, fd));
}
extern "C" int fdatasync(int fd) {
  remember(fd, false);
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

namespace henge::runtime {
namespace {

class PosixSyncTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(files_->makeDirectory("log/0/quarantine").ok());
    ASSERT_TRUE(files_->create("log/0/a", 8192).ok());
    forget();
  }
  static void forget() {
    const std::lock_guard lock(mutex);
    synced.clear();
  }
  static std::size_t calls() {
    const std::lock_guard lock(mutex);
    return synced.size();
  }
  // Precondition: `path` is there.
  bool wasSynced(const std::string& path, bool whole = true) const {
    struct stat status {};
    EXPECT_EQ(::stat((root_ / path).c_str(), &status), 0) << path;
    const std::lock_guard lock(mutex);
    return std::any_of(synced.begin(), synced.end(), [&](const Synced& one) {
      return one.device == status.st_dev && one.node == status.st_ino && one.whole == whole;
    });
  }

  kit::TempDirectory root_;
  std::unique_ptr<PosixFiles> files_ = std::move(PosixFiles::open(root_.path())).value();
};

TEST_F(PosixSyncTest, aFileThatIsMadeAndItsName) {
  ASSERT_TRUE(files_->create("log/0/b", 8192).ok());
  EXPECT_TRUE(wasSynced("log/0/b"));
  EXPECT_TRUE(wasSynced("log/0"));
}

TEST_F(PosixSyncTest, bothNamesOfARename) {
  ASSERT_TRUE(files_->rename("log/0/a", "log/0/b").ok());
  EXPECT_TRUE(wasSynced("log/0"));
  EXPECT_EQ(calls(), 1u) << "one directory, one call";
  forget();
  ASSERT_TRUE(files_->rename("log/0/b", "log/0/quarantine/b").ok());
  EXPECT_TRUE(wasSynced("log/0"));
  EXPECT_TRUE(wasSynced("log/0/quarantine"));
}

TEST_F(PosixSyncTest, aNameThatIsRemoved) {
  ASSERT_TRUE(files_->remove("log/0/a").ok());
  EXPECT_TRUE(wasSynced("log/0"));
}

TEST_F(PosixSyncTest, everyDirectoryAboveANewOne) {
  ASSERT_TRUE(files_->makeDirectory("x/y").ok());
  EXPECT_TRUE(wasSynced("."));
  EXPECT_TRUE(wasSynced("x"));
}

TEST_F(PosixSyncTest, whatReplacesAFileAndItsName) {
  ASSERT_TRUE(files_->replace("log/0/quarantine/note", "text").ok());
  EXPECT_TRUE(wasSynced("log/0/quarantine/note"));
  EXPECT_TRUE(wasSynced("log/0/quarantine"));
}

// A segment has its blocks from the start on: a batch needs one fdatasync and nothing else.
TEST_F(PosixSyncTest, aBatchIsOneFdatasync) {
  ASSERT_TRUE(files_->write("log/0/a", 0, Bytes(4096, 'x')).ok());
  EXPECT_EQ(calls(), 0u) << "a write alone syncs nothing";
  struct stat before {};
  ASSERT_EQ(::stat((root_ / "log/0/a").c_str(), &before), 0);
  ASSERT_TRUE(files_->sync("log/0/a").ok());
  EXPECT_TRUE(wasSynced("log/0/a", false));
  EXPECT_EQ(calls(), 1u);
  struct stat after {};
  ASSERT_EQ(::stat((root_ / "log/0/a").c_str(), &after), 0);
  EXPECT_EQ(after.st_size, before.st_size);
  EXPECT_EQ(after.st_blocks, before.st_blocks);
}

}  // namespace
}  // namespace henge::runtime

#include "server/runtime/posix_files.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/kit/temp_directory.h"

namespace henge::runtime {
namespace {

using kit::contentsOf;
namespace fs = std::filesystem;

class PosixFilesTest : public testing::Test {
 protected:
  static std::unique_ptr<PosixFiles> openAt(const std::string& root) {
    return std::move(PosixFiles::open(root)).value();
  }
  void expectError(const Status& status, ErrorKind kind, const std::string& named) {
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(nameOf(status.error().kind), nameOf(kind)) << status.error().message;
    EXPECT_NE(status.error().message.find(named), std::string::npos) << status.error().message;
  }

  kit::TempDirectory root_;
  std::unique_ptr<PosixFiles> files_ = openAt(root_.path());
};

TEST_F(PosixFilesTest, createMakesAFileOfZeroesWithRealBlocks) {
  const std::uint64_t bytes = (1 << 20) + 4097;  // more than one chunk, no round number
  ASSERT_TRUE(files_->create("a", bytes).ok());
  EXPECT_EQ(contentsOf(root_ / "a"), std::string(bytes, '\0'));
  struct stat status {};
  ASSERT_EQ(::stat((root_ / "a").c_str(), &status), 0);
  EXPECT_GE(static_cast<std::uint64_t>(status.st_blocks) * 512, bytes);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(PosixFilesTest, createRefusesWhatExistsAndWhatHasNoDirectory) {
  ASSERT_TRUE(files_->create("a", 0).ok());
  expectError(files_->create("a", 10), ErrorKind::alreadyExists, root_ / "a");
  EXPECT_EQ(contentsOf(root_ / "a"), "");
  expectError(files_->create("log/a", 10), ErrorKind::notFound, root_ / "log/a");
}

TEST_F(PosixFilesTest, createLeavesNothingWhenThereIsNoRoom) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{16384, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto status = files_->create("a", 1 << 20);
  ::setrlimit(RLIMIT_FSIZE, &before);
  expectError(status, ErrorKind::io, "File too large");
  EXPECT_FALSE(fs::exists(root_ / "a"));
}

TEST_F(PosixFilesTest, writesWhereItIsToldAndReadsWhatIsThere) {
  ASSERT_TRUE(files_->create("a", 10).ok());
  ASSERT_TRUE(files_->write("a", 3, "xyz").ok());
  ASSERT_TRUE(files_->write("a", 9, BytesView("\0\xff", 2)).ok());
  ASSERT_TRUE(files_->sync("a").ok());
  const Bytes whole("\0\0\0xyz\0\0\0\0\xff", 11);
  EXPECT_EQ(files_->read("a", 0, 100).value(), whole);
  EXPECT_EQ(files_->read("a", 3, 3).value(), "xyz");
  EXPECT_EQ(files_->read("a", 9, 100).value(), whole.substr(9));
  EXPECT_EQ(files_->read("a", 11, 5).value(), "");
  EXPECT_EQ(files_->read("a", 1000, 5).value(), "");
}

TEST_F(PosixFilesTest, missingFilesAreNotFoundByEveryCall) {
  const std::string name = root_ / "none";
  expectError(files_->write("none", 0, "x"), ErrorKind::notFound, name);
  expectError(files_->sync("none"), ErrorKind::notFound, name);
  expectError(files_->truncate("none", 0), ErrorKind::notFound, name);
  expectError(files_->remove("none"), ErrorKind::notFound, name);
  expectError(files_->rename("none", "other"), ErrorKind::notFound, name);
  EXPECT_EQ(files_->read("none", 0, 1).error().kind, ErrorKind::notFound);
  EXPECT_EQ(files_->list("none").error().kind, ErrorKind::notFound);
  EXPECT_FALSE(fs::exists(name));
}

TEST_F(PosixFilesTest, listIsSortedTellsSizesAndLeavesDirectoriesOut) {
  ASSERT_TRUE(files_->makeDirectory("d/sub").ok());
  for (const char* name : {"d/9", "d/10", "d/b"}) ASSERT_TRUE(files_->create(name, 5).ok());
  ASSERT_TRUE(files_->write("d/b", 5, "more").ok());
  const auto entries = files_->list("d").value();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].name, "10");
  EXPECT_EQ(entries[1].name, "9");
  EXPECT_EQ(entries[2].name, "b");
  EXPECT_EQ(entries[2].bytes, 9U);
}

TEST_F(PosixFilesTest, makeDirectoryMakesThoseAboveAndTakesOneThatExists) {
  ASSERT_TRUE(files_->makeDirectory("a/b/c").ok());
  EXPECT_TRUE(fs::is_directory(root_ / "a/b/c"));
  ASSERT_TRUE(files_->makeDirectory("a/b/c").ok());
  ASSERT_TRUE(files_->create("file", 1).ok());
  EXPECT_FALSE(files_->makeDirectory("file").ok());
}

TEST_F(PosixFilesTest, aRenamedFileIsWrittenUnderItsNewNameOnly) {
  ASSERT_TRUE(files_->create("a", 3).ok());
  ASSERT_TRUE(files_->write("a", 0, "one").ok());
  ASSERT_TRUE(files_->create("b", 3).ok());
  ASSERT_TRUE(files_->write("b", 0, "two").ok());
  ASSERT_TRUE(files_->rename("a", "b").ok());
  ASSERT_TRUE(files_->write("b", 0, "O").ok());
  EXPECT_EQ(contentsOf(root_ / "b"), "One");
  expectError(files_->write("a", 0, "x"), ErrorKind::notFound, root_ / "a");
}

TEST_F(PosixFilesTest, removeAndTruncate) {
  ASSERT_TRUE(files_->create("a", 0).ok());
  ASSERT_TRUE(files_->write("a", 0, "abcdef").ok());
  ASSERT_TRUE(files_->truncate("a", 4).ok());
  EXPECT_EQ(contentsOf(root_ / "a"), "abcd");
  ASSERT_TRUE(files_->remove("a").ok());
  EXPECT_FALSE(fs::exists(root_ / "a"));
}

TEST_F(PosixFilesTest, replacePutsTheNewInThePlaceOfTheOld) {
  ASSERT_TRUE(files_->replace("a", "first, longer").ok());
  ASSERT_TRUE(files_->write("a", 0, "F").ok());  // now held open
  kit::writeFile(root_ / "a.new", "left behind by a crash, and longer than what comes");
  ASSERT_TRUE(files_->replace("a", "second").ok());
  EXPECT_EQ(contentsOf(root_ / "a"), "second");
  ASSERT_TRUE(files_->write("a", 0, "S").ok());
  EXPECT_EQ(contentsOf(root_ / "a"), "Second");
  EXPECT_FALSE(fs::exists(root_ / "a.new"));
  expectError(files_->replace("none/a", "x"), ErrorKind::notFound, root_ / "none/a");
}

TEST_F(PosixFilesTest, aFileMadeAnewByAnotherIsNotTakenForTheOld) {
  const auto other = openAt(root_.path());
  ASSERT_TRUE(files_->create("a", 3).ok());
  ASSERT_TRUE(files_->write("a", 0, "old").ok());
  ASSERT_TRUE(other->remove("a").ok());
  ASSERT_TRUE(other->create("a", 3).ok());
  ASSERT_TRUE(files_->write("a", 0, "new").ok());
  ASSERT_TRUE(files_->sync("a").ok());
  EXPECT_EQ(contentsOf(root_ / "a"), "new");
}

TEST_F(PosixFilesTest, manyFilesAreWrittenAlthoughFewStayOpen) {
  const auto name = [](std::size_t i) { return "f" + std::to_string(i); };
  const std::size_t count = PosixFiles::openFilesMax * 3;
  for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(files_->create(name(i), 0).ok());
  for (std::size_t round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(files_->write(name(i), round * 10, name(i) + "-").ok());
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_TRUE(files_->sync(name(i)).ok());
    EXPECT_EQ(contentsOf(root_ / name(i)).substr(10), name(i) + "-");
  }
  std::size_t openNow = 0;
  for (const auto& fd : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    openNow += fs::read_symlink(fd.path(), gone).string().starts_with(root_ / "f") ? 1U : 0U;
  }
  EXPECT_EQ(openNow, PosixFiles::openFilesMax);
}

TEST_F(PosixFilesTest, spaceIsWhatTheFileSystemHasLeft) {
  const auto bytes = files_->space();
  ASSERT_TRUE(bytes.ok());
  EXPECT_LE(*bytes, fs::space(root_.path()).capacity);
  EXPECT_GT(*bytes, 0U);
}

TEST_F(PosixFilesTest, aFullDiskIsToldAsSuchAndTheFileStaysFailed) {
  fs::create_symlink("/dev/full", root_ / "full");
  const auto first = files_->write("full", 0, "x");
  expectError(first, ErrorKind::diskFull, root_ / "full");
  EXPECT_EQ(files_->sync("full").error(), first.error());  // else the loss would go unseen
  EXPECT_EQ(files_->write("full", 0, "").error(), first.error());
  EXPECT_EQ(files_->truncate("full", 0).error(), first.error());
}

TEST_F(PosixFilesTest, aFailedSyncSticksUntilTheFileIsReplaced) {
  fs::create_symlink("/dev/full", root_ / "full");  // has no fdatasync: EINVAL
  expectError(files_->sync("full"), ErrorKind::io, root_ / "full");
  EXPECT_FALSE(files_->write("full", 0, "").ok());
  ASSERT_TRUE(files_->replace("full", "fresh").ok());
  ASSERT_TRUE(files_->write("full", 0, "F").ok());
  ASSERT_TRUE(files_->sync("full").ok());
  EXPECT_EQ(contentsOf(root_ / "full"), "Fresh");
}

TEST_F(PosixFilesTest, aRootThatIsMissingOrNoDirectoryIsRefused) {
  EXPECT_EQ(PosixFiles::open(root_ / "none").error().kind, ErrorKind::notFound);
  kit::writeFile(root_ / "file", "");
  EXPECT_EQ(PosixFiles::open(root_ / "file").error().kind, ErrorKind::io);
}

}  // namespace
}  // namespace henge::runtime

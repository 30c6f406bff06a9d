#include "server/runtime/data_directory.h"

#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kit/temp_directory.h"

namespace henge::runtime {
namespace {

using IfMissing = DataDirectory::IfMissing;

class DataDirectoryTest : public testing::Test {
 protected:
  kit::TempDirectory above_;
  std::string path_ = above_ / "n1";
};

TEST_F(DataDirectoryTest, isMadeForItsOwnerOnlyAndOnlyIfAsked) {
  const auto refused = DataDirectory::open(path_, IfMissing::refuse);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::notFound);
  EXPECT_FALSE(std::filesystem::exists(path_));

  const auto made = DataDirectory::open(path_, IfMissing::make);
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(made->path(), path_);
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST_F(DataDirectoryTest, theDirectoryAboveIsNotGuessed) {
  const auto opened = DataDirectory::open(above_ / "typo/n1", IfMissing::make);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::notFound);
  EXPECT_NE(opened.error().message.find("typo/n1"), std::string::npos);
}

TEST_F(DataDirectoryTest, aFileInItsPlaceIsRefused) {
  kit::writeFile(path_, "");
  const auto opened = DataDirectory::open(path_, IfMissing::make);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::io);
}

// A child that takes the directory, says so through the pipe, and lives until it is killed.
pid_t holdInChild(const std::string& path) {
  int ready[2] = {-1, -1};
  if (::pipe(ready) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = DataDirectory::open(path, IfMissing::make);
    const char word = held.ok() ? 'y' : 'n';
    if (::write(ready[1], &word, 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  char word = 0;
  const auto got = ::read(ready[0], &word, 1);
  ::close(ready[0]);
  ::close(ready[1]);
  return got == 1 && word == 'y' ? child : -1;
}

TEST_F(DataDirectoryTest, aSecondProcessIsRefusedAndToldWhoHoldsIt) {
  const pid_t child = holdInChild(path_);
  ASSERT_GT(child, 0);
  const auto second = DataDirectory::open(path_, IfMissing::make);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::alreadyExists);
  EXPECT_EQ(second.error().message,
            "data directory " + path_ + " is in use by process " + std::to_string(child));

  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(DataDirectory::open(path_, IfMissing::refuse).ok());  // the lock died with it
}

TEST_F(DataDirectoryTest, theLockLastsAsLongAsTheObjectAlsoWhenMoved) {
  {
    auto first = DataDirectory::open(path_, IfMissing::make);
    ASSERT_TRUE(first.ok());
    const DataDirectory moved = std::move(first).value();
    EXPECT_EQ(kit::contentsOf(path_ + "/lock"), std::to_string(::getpid()));
    EXPECT_FALSE(DataDirectory::open(path_, IfMissing::refuse).ok());
  }
  EXPECT_TRUE(DataDirectory::open(path_, IfMissing::refuse).ok());
}

TEST_F(DataDirectoryTest, smallFilesComeBackWhole) {
  auto directory = DataDirectory::open(path_, IfMissing::make);
  ASSERT_TRUE(directory.ok());
  EXPECT_EQ(directory->readSmallFile("identity").error().kind, ErrorKind::notFound);
  ASSERT_TRUE(directory->replaceSmallFile("identity", "first and longer").ok());
  const Bytes second("second\0\xff", 8);
  ASSERT_TRUE(directory->replaceSmallFile("identity", second).ok());
  EXPECT_EQ(directory->readSmallFile("identity").value(), second);
  EXPECT_FALSE(std::filesystem::exists(path_ + "/identity.new"));
}

TEST_F(DataDirectoryTest, aSmallFileThatIsLargeIsNotRead) {
  auto directory = DataDirectory::open(path_, IfMissing::make);
  ASSERT_TRUE(directory.ok());
  const Bytes limit(DataDirectory::smallFileBytesMax, 'x');
  kit::writeFile(path_ + "/limit", limit);
  kit::writeFile(path_ + "/over", limit + "x");
  EXPECT_EQ(directory->readSmallFile("limit").value(), limit);
  const auto over = directory->readSmallFile("over");
  ASSERT_FALSE(over.ok());
  EXPECT_EQ(over.error().kind, ErrorKind::corrupt);
  EXPECT_NE(over.error().message.find("1048576"), std::string::npos);
}

TEST_F(DataDirectoryTest, aFailedReplaceLeavesTheOldFile) {
  auto directory = DataDirectory::open(path_, IfMissing::make);
  ASSERT_TRUE(directory.ok());
  ASSERT_TRUE(directory->replaceSmallFile("identity", "old").ok());
  std::filesystem::create_symlink("/dev/full", path_ + "/identity.new");
  const auto status = directory->replaceSmallFile("identity", "new");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::diskFull);
  EXPECT_EQ(directory->readSmallFile("identity").value(), "old");
}

TEST_F(DataDirectoryTest, whatIsSetAsideIsKeptUnderAFreeName) {
  auto directory = DataDirectory::open(path_, IfMissing::make);
  ASSERT_TRUE(directory.ok());
  for (const char* aside : {"store.damaged-1", "store.damaged-2"}) {
    std::filesystem::create_directory(path_ + "/store");
    kit::writeFile(path_ + "/store/CURRENT", aside);
    const auto done = directory->setAside("store");
    ASSERT_TRUE(done.ok()) << done.error().message;
    EXPECT_EQ(*done, aside);
    EXPECT_FALSE(std::filesystem::exists(path_ + "/store"));
  }
  EXPECT_EQ(kit::contentsOf(path_ + "/store.damaged-1/CURRENT"), "store.damaged-1");
  EXPECT_EQ(directory->setAside("store").error().kind, ErrorKind::notFound);
}

}  // namespace
}  // namespace henge::runtime

#include "server/runtime/directory_reader.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

#include "server/runtime/data_directory.h"
#include "tests/kit/temp_directory.h"

namespace henge::runtime {
namespace {

namespace fs = std::filesystem;

TEST(DirectoryReader, readsFilesAndNames) {
  const kit::TempDirectory root;
  ASSERT_TRUE(DataDirectory::open(root / "n0", DataDirectory::IfMissing::make)
                  ->replaceSmallFile("identity", "who")
                  .ok());
  auto reader = DirectoryReader::open(root / "n0");
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(*reader->read("identity", 0, 100), "who");
  EXPECT_EQ(*reader->read("identity", 1, 1), "h");
  EXPECT_EQ(reader->read("peers", 0, 1).error().kind, ErrorKind::notFound);
  EXPECT_EQ(reader->list("")->size(), 2u) << "the lock too";
  EXPECT_FALSE(reader->hasDirectory("log"));
}

TEST(DirectoryReader, refusesADirectoryInUseByTheProcessThatUsesIt) {
  const kit::TempDirectory root;
  const auto node = DataDirectory::open(root / "n0", DataDirectory::IfMissing::make);
  ASSERT_TRUE(node.ok());
  const auto reader = DirectoryReader::open(root / "n0");
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().kind, ErrorKind::alreadyExists);
  EXPECT_NE(reader.error().message.find("process " + std::to_string(::getpid())), std::string::npos)
      << reader.error().message;
}

TEST(DirectoryReader, keepsANodeFromStartingWhileItReadsAndLeavesTheLockAsItWas) {
  const kit::TempDirectory root;
  ASSERT_TRUE(DataDirectory::open(root / "n0", DataDirectory::IfMissing::make).ok());
  const std::string lock = kit::contentsOf(root / "n0/lock");
  {
    const auto reader = DirectoryReader::open(root / "n0");
    ASSERT_TRUE(reader.ok());
    EXPECT_FALSE(DataDirectory::open(root / "n0", DataDirectory::IfMissing::refuse).ok());
    EXPECT_EQ(kit::contentsOf(root / "n0/lock"), lock);
  }
  EXPECT_TRUE(DataDirectory::open(root / "n0", DataDirectory::IfMissing::refuse).ok());
}

TEST(DirectoryReader, makesNothing) {
  const kit::TempDirectory root;
  EXPECT_EQ(DirectoryReader::open(root / "none").error().kind, ErrorKind::notFound);
  EXPECT_FALSE(fs::exists(root / "none"));
  fs::create_directory(root / "empty");
  EXPECT_TRUE(DirectoryReader::open(root / "empty").ok()) << "without a lock";
  EXPECT_TRUE(fs::is_empty(root / "empty"));
}

}  // namespace
}  // namespace henge::runtime

#include "server/runtime/posix_file.h"

#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <utility>

#include "tests/kit/temp_directory.h"

namespace henge::runtime {
namespace {

bool isOpen(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(PosixFile, aDescriptorIsClosedOnceByItsLastOwner) {
  int number = -1;
  {
    FileDescriptor first(::open("/dev/null", O_RDONLY));
    number = first.get();
    FileDescriptor second(std::move(first));
    EXPECT_EQ(second.get(), number);
    FileDescriptor third;
    EXPECT_FALSE(third);
    third = std::move(second);
    EXPECT_TRUE(third);
    EXPECT_TRUE(isOpen(number));
  }
  EXPECT_FALSE(isOpen(number));
}

TEST(PosixFile, errorsBearKindPathAndReason) {
  EXPECT_EQ(systemError(ENOSPC, "write", "log/0/7"),
            (Error{ErrorKind::diskFull, "cannot write log/0/7: No space left on device"}));
  EXPECT_EQ(systemError(EDQUOT, "write", "a").kind, ErrorKind::diskFull);
  EXPECT_EQ(systemError(EEXIST, "open", "a").kind, ErrorKind::alreadyExists);
  EXPECT_EQ(systemError(ENOENT, "open", "a").kind, ErrorKind::notFound);
  EXPECT_EQ(systemError(EIO, "sync", "a").kind, ErrorKind::io);
}

TEST(PosixFile, theDirectoryAbove) {
  EXPECT_EQ(directoryOf("a/b/c"), "a/b");
  EXPECT_EQ(directoryOf("c"), ".");
  EXPECT_EQ(directoryOf("/c"), "/");
}

TEST(PosixFile, zeroesAreWrittenToTheByte) {
  const kit::TempDirectory root;
  const auto directory = Directory::open(root.path());
  ASSERT_TRUE(directory.ok());
  for (const std::uint64_t bytes : {0UL, 1UL, (1UL << 20) - 1, 1UL << 20, (3UL << 20) + 7}) {
    const std::string name = std::to_string(bytes);
    auto file = openFile(*directory, name, O_RDWR | O_CREAT);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(writeZeroes(file->get(), name, bytes).ok());
    EXPECT_EQ(kit::contentsOf(root / name), std::string(bytes, '\0'));
  }
}

TEST(PosixFile, readAndWriteFailuresNameTheFile) {
  const FileDescriptor full(::open("/dev/full", O_RDWR));
  EXPECT_EQ(writeAll(full.get(), "f", 0, "x").error().kind, ErrorKind::diskFull);
  EXPECT_EQ(syncAll(full.get(), "f").error().message, "cannot sync f: Invalid argument");
  EXPECT_EQ(readUpTo(-1, "g", 0, 1).error().kind, ErrorKind::io);
}

}  // namespace
}  // namespace henge::runtime

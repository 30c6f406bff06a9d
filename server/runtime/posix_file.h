// Blocking file calls, whole and with typed errors: what the disk's thread and the start-up share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/error.h"
#include "core/result.h"

namespace henge::runtime {

// Closes what it holds. -1: nothing.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// "cannot write log/0/7: No space left on device". ENOSPC and EDQUOT: diskFull; EEXIST:
// alreadyExists; ENOENT: notFound; every other: io.
Error systemError(int number, std::string_view verb, const std::string& path);

// `path` is relative to `root`, an open directory (or AT_FDCWD). Files are made with mode 0600.
Result<FileDescriptor> openFile(int root, const std::string& path, int flags);
Result<FileDescriptor> openDirectory(int root, const std::string& path);

// Errors name `path`; interrupted and short calls are continued.
Status writeAll(int fd, const std::string& path, std::uint64_t offset, BytesView bytes);
Status writeZeroes(int fd, const std::string& path, std::uint64_t bytes);
Result<Bytes> readUpTo(int fd, const std::string& path, std::uint64_t offset,
                       std::uint64_t length);       // fewer bytes at the file's end
Status syncAll(int fd, const std::string& path);    // fsync
Status syncBytes(int fd, const std::string& path);  // fdatasync: bytes, and the size if it changed

// Makes the names in the directory that holds `path` durable.
Status syncDirectoryAbove(int root, const std::string& path);

// New file beside it, sync, rename over it, directory sync. Any number of crashes leave either
// content, and at most one "<path>.new" that the next call overwrites.
Status replaceFile(int root, const std::string& path, BytesView bytes);

// "a/b" for "a/b/c"; "." for "c".
std::string directoryOf(const std::string& path);

}  // namespace henge::runtime

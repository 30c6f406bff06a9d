// Blocking file calls, whole and with typed errors: what the disk's thread and the start-up share.
#pragma once

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/error.h"
#include "core/result.h"

namespace henge::runtime {

// The call again for as long as a signal interrupts it.
template <typename Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

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

// An open directory that paths are relative to, and its name for messages.
struct Directory {
  static Result<Directory> open(const std::string& path);  // relative to the working directory
  static Directory working();

  std::string named(const std::string& path) const;

  FileDescriptor fd;
  std::string name;
};

// Files are made with mode 0600.
Result<FileDescriptor> openFile(const Directory& root, const std::string& path, int flags);
Result<FileDescriptor> openDirectory(const Directory& root, const std::string& path);

// `path` is for messages; interrupted and short calls are continued.
Status writeAll(int fd, const std::string& path, std::uint64_t offset, BytesView bytes);
Status writeZeroes(int fd, const std::string& path, std::uint64_t bytes);
Result<Bytes> readUpTo(int fd, const std::string& path, std::uint64_t offset,
                       std::uint64_t length);       // fewer bytes at the file's end
Status syncAll(int fd, const std::string& path);    // fsync
Status syncBytes(int fd, const std::string& path);  // fdatasync: bytes, and the size if it changed

// Makes the names in the directory that holds `path` durable.
Status syncDirectoryAbove(const Directory& root, const std::string& path);

// New file beside it, sync, rename over it, directory sync. Any number of crashes leave either
// content, and at most one "<path>.new" that the next call overwrites.
Status replaceFile(const Directory& root, const std::string& path, BytesView bytes);

// "a/b" for "a/b/c"; "." for "c".
std::string directoryOf(const std::string& path);

}  // namespace henge::runtime

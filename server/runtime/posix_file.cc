#include "server/runtime/posix_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace henge::runtime {

namespace {

constexpr mode_t fileMode = 0600;
constexpr std::size_t zeroesBytes = 1 << 20;

ErrorKind kindOf(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
      return ErrorKind::diskFull;
    case EEXIST:
      return ErrorKind::alreadyExists;
    case ENOENT:
      return ErrorKind::notFound;
    default:
      return ErrorKind::io;
  }
}

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Error systemError(int number, std::string_view verb, const std::string& path) {
  return {kindOf(number), "cannot " + std::string(verb) + " " + path + ": " +
                              std::generic_category().message(number)};
}

Result<Directory> Directory::open(const std::string& path) {
  auto fd = openDirectory(working(), path);
  if (!fd) return fd.error();
  return Directory{std::move(*fd), path};
}

Directory Directory::working() { return {FileDescriptor(AT_FDCWD), ""}; }

std::string Directory::named(const std::string& path) const {
  return name.empty() ? path : name + "/" + path;
}

Result<FileDescriptor> openFile(const Directory& root, const std::string& path, int flags) {
  const int fd = uninterrupted(
      [&] { return ::openat(root.fd.get(), path.c_str(), flags | O_CLOEXEC, fileMode); });
  if (fd < 0) return systemError(errno, "open", root.named(path));
  return FileDescriptor(fd);
}

Result<FileDescriptor> openDirectory(const Directory& root, const std::string& path) {
  return openFile(root, path, O_RDONLY | O_DIRECTORY);
}

Status writeAll(int fd, const std::string& path, std::uint64_t offset, BytesView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = uninterrupted(
        [&] { return ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (written < 0) return systemError(errno, "write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

Status writeZeroes(int fd, const std::string& path, std::uint64_t bytes) {
  const Bytes zeroes(std::min<std::uint64_t>(bytes, zeroesBytes), '\0');
  for (std::uint64_t offset = 0; offset < bytes; offset += zeroes.size()) {
    const auto length = std::min<std::uint64_t>(bytes - offset, zeroes.size());
    if (auto status = writeAll(fd, path, offset, BytesView(zeroes).substr(0, length)); !status) {
      return status;
    }
  }
  return {};
}

Result<Bytes> readUpTo(int fd, const std::string& path, std::uint64_t offset,
                       std::uint64_t length) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return systemError(errno, "read", path);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  Bytes bytes(std::min(length, size > offset ? size - offset : 0), '\0');
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t count = uninterrupted([&] {
      return ::pread(fd, bytes.data() + got, bytes.size() - got, static_cast<off_t>(offset + got));
    });
    if (count < 0) return systemError(errno, "read", path);
    if (count == 0) break;  // cut off meanwhile
    got += static_cast<std::size_t>(count);
  }
  bytes.resize(got);
  return bytes;
}

Status syncAll(int fd, const std::string& path) {
  if (uninterrupted([&] { return ::fsync(fd); }) != 0) return systemError(errno, "sync", path);
  return {};
}

Status syncBytes(int fd, const std::string& path) {
  if (uninterrupted([&] { return ::fdatasync(fd); }) != 0) return systemError(errno, "sync", path);
  return {};
}

std::string directoryOf(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status syncDirectoryAbove(const Directory& root, const std::string& path) {
  const std::string above = directoryOf(path);
  auto directory = openDirectory(root, above);
  if (!directory) return directory.error();
  return syncAll(directory->get(), root.named(above));
}

Status replaceFile(const Directory& root, const std::string& path, BytesView bytes) {
  const std::string fresh = path + ".new";
  auto file = openFile(root, fresh, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return file.error();
  const int at = root.fd.get();
  auto status = writeAll(file->get(), root.named(fresh), 0, bytes);
  if (status) status = syncAll(file->get(), root.named(fresh));
  if (status && ::renameat(at, fresh.c_str(), at, path.c_str()) != 0) {
    status = systemError(errno, "replace", root.named(path));
  }
  if (!status) {
    ::unlinkat(at, fresh.c_str(), 0);  // gives its space back; a leftover would do no harm
    return status;
  }
  return syncDirectoryAbove(root, path);
}

}  // namespace henge::runtime

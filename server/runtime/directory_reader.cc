#include "server/runtime/directory_reader.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <utility>

#include "server/runtime/data_directory.h"

namespace henge::runtime {

namespace {

Error heldBy(int lock, const std::string& path) {
  const auto pid = readUpTo(lock, path, 0, 20);
  const bool known = pid.ok() && !pid.value().empty();
  return {ErrorKind::alreadyExists,
          "data directory " + path + " is in use by " +
              (known ? "process " + pid.value() : std::string("another process")) +
              "; only a stopped node's can be read"};
}

// No descriptor: there is no lock to take.
Result<FileDescriptor> takeLock(const Directory& directory, const std::string& path) {
  auto lock = openFile(directory, DataDirectory::lockName, O_RDONLY);
  if (!lock) {
    if (lock.error().kind == ErrorKind::notFound) return FileDescriptor();
    return lock.error();
  }
  if (::flock(lock->get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return heldBy(lock->get(), path);
  return systemError(errno, "lock", path);
}

}  // namespace

Result<DirectoryReader> DirectoryReader::open(const std::string& path) {
  auto directory = Directory::open(path);
  if (!directory) return directory.error();
  auto lock = takeLock(*directory, path);
  if (!lock) return lock.error();
  auto files = PosixFiles::open(path);
  if (!files) return files.error();
  return DirectoryReader(path, std::move(*lock), std::move(*files));
}

DirectoryReader::DirectoryReader(std::string path, FileDescriptor lock,
                                 std::unique_ptr<PosixFiles> files)
    : path_(std::move(path)), lock_(std::move(lock)), files_(std::move(files)) {}

Result<Bytes> DirectoryReader::read(const std::string& name, std::uint64_t offset,
                                    std::uint64_t length) {
  return files_->read(name, offset, length);
}

Result<std::vector<ports::DirectoryEntry>> DirectoryReader::list(const std::string& directory) {
  return files_->list(directory);
}

bool DirectoryReader::hasDirectory(const std::string& name) const {
  return Directory::open(path_ + "/" + name).ok();
}

}  // namespace henge::runtime

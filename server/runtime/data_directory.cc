#include "server/runtime/data_directory.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace henge::runtime {

namespace {

constexpr mode_t directoryMode = 0700;

// The name is durable too, else a crash could take away what was written into the directory.
Status makeDirectory(const std::string& path) {
  if (::mkdir(path.c_str(), directoryMode) == 0)
    return syncDirectoryAbove(Directory::working(), path);
  if (errno == EEXIST) return {};
  return systemError(errno, "make the data directory", path);
}

Error heldBy(int lock, const std::string& path) {
  const auto pid = readUpTo(lock, path, 0, 20);
  const bool known = pid.ok() && !pid.value().empty();
  return {ErrorKind::alreadyExists,
          "data directory " + path + " is in use by " +
              (known ? "process " + pid.value() : std::string("another process"))};
}

Status sayWhoHolds(int lock, const std::string& path) {
  if (::ftruncate(lock, 0) != 0) return systemError(errno, "write the lock of", path);
  return writeAll(lock, path, 0, std::to_string(::getpid()));
}

}  // namespace

Result<DataDirectory> DataDirectory::open(const std::string& path, IfMissing ifMissing) {
  if (ifMissing == IfMissing::make) {
    if (auto status = makeDirectory(path); !status) return status.error();
  }
  auto directory = Directory::open(path);
  if (!directory) return directory.error();
  auto lock = openFile(*directory, lockName, O_RDWR | O_CREAT);
  if (!lock) return lock.error();
  if (::flock(lock->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return heldBy(lock->get(), path);
    return systemError(errno, "lock", path);
  }
  if (auto status = sayWhoHolds(lock->get(), path); !status) return status.error();
  return DataDirectory(std::move(*directory), std::move(*lock));
}

DataDirectory::DataDirectory(Directory directory, FileDescriptor lock)
    : directory_(std::move(directory)), lock_(std::move(lock)) {}

Result<Bytes> DataDirectory::readSmallFile(const std::string& name) const {
  auto file = openFile(directory_, name, O_RDONLY);
  if (!file) return file.error();
  auto bytes = readUpTo(file->get(), directory_.named(name), 0, smallFileBytesMax + 1);
  if (bytes && bytes->size() > smallFileBytesMax) {
    return Error{ErrorKind::corrupt, directory_.named(name) + " is larger than " +
                                         std::to_string(smallFileBytesMax) + " bytes"};
  }
  return bytes;
}

Status DataDirectory::replaceSmallFile(const std::string& name, BytesView bytes) {
  return replaceFile(directory_, name, bytes);
}

Result<std::string> DataDirectory::setAside(const std::string& name) {
  const int at = directory_.fd.get();
  for (int number = 1; number <= setAsideMax; ++number) {
    const std::string aside = name + ".damaged-" + std::to_string(number);
    struct stat there {};
    if (::fstatat(at, aside.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0) continue;
    if (::renameat(at, name.c_str(), at, aside.c_str()) != 0) {
      return systemError(errno, "set aside", directory_.named(name));
    }
    if (auto status = syncDirectoryAbove(directory_, aside); !status) return status.error();
    return aside;
  }
  return Error{ErrorKind::alreadyExists, directory_.named(name) + " was set aside " +
                                             std::to_string(setAsideMax) +
                                             " times already: look at those and remove them"};
}

}  // namespace henge::runtime

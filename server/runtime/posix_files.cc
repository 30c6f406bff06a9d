#include "server/runtime/posix_files.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

namespace henge::runtime {

namespace {

constexpr mode_t directoryMode = 0700;

// Early word of a full disk, and blocks side by side. Zeroes are written all the same: a file that
// is only allocated pays for a change of its metadata at every first write into a block.
Status allocate(int fd, const std::string& path, std::uint64_t bytes) {
  if (bytes == 0) return {};
  const auto size = static_cast<off_t>(bytes);
  if (uninterrupted([&] { return ::fallocate(fd, 0, 0, size); }) == 0) return {};
  if (errno == EOPNOTSUPP) return {};
  return systemError(errno, "create", path);
}

Status fill(int fd, const std::string& path, std::uint64_t bytes) {
  if (auto status = allocate(fd, path, bytes); !status) return status;
  if (auto status = writeZeroes(fd, path, bytes); !status) return status;
  return syncAll(fd, path);
}

}  // namespace

Result<std::unique_ptr<PosixFiles>> PosixFiles::open(const std::string& root) {
  auto directory = Directory::open(root);
  if (!directory) return directory.error();
  return std::unique_ptr<PosixFiles>(new PosixFiles(std::move(*directory)));
}

PosixFiles::PosixFiles(Directory root) : root_(std::move(root)) {}

Status PosixFiles::create(const std::string& path, std::uint64_t bytes) {
  auto file = openFile(root_, path, O_RDWR | O_CREAT | O_EXCL);
  if (!file) return file.error();
  forget(path);  // an older file of that name, removed behind our back
  auto status = fill(file->get(), root_.named(path), bytes);
  if (status) status = syncDirectoryAbove(root_, path);
  if (!status) ::unlinkat(root_.fd.get(), path.c_str(), 0);  // nothing of it is wanted
  return status;
}

Status PosixFiles::write(const std::string& path, std::uint64_t offset, BytesView bytes) {
  auto file = opened(path);
  if (!file) return file.error();
  OpenFile& target = **file;
  if (target.failure) return *target.failure;
  target.written = true;
  return kept(target, writeAll(target.fd.get(), root_.named(path), offset, bytes));
}

Status PosixFiles::sync(const std::string& path) {
  auto file = opened(path);
  if (!file) return file.error();
  OpenFile& target = **file;
  if (target.failure) return *target.failure;
  auto status = kept(target, syncBytes(target.fd.get(), root_.named(path)));
  if (status) target.written = false;
  return status;
}

Result<Bytes> PosixFiles::read(const std::string& path, std::uint64_t offset,
                               std::uint64_t length) {
  auto file = openFile(root_, path, O_RDONLY);
  if (!file) return file.error();
  return readUpTo(file->get(), root_.named(path), offset, length);
}

Result<std::vector<ports::DirectoryEntry>> PosixFiles::list(const std::string& directory) {
  const int fd = uninterrupted([&] {
    return ::openat(root_.fd.get(), directory.empty() ? "." : directory.c_str(),
                    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  });
  DIR* stream = fd < 0 ? nullptr : ::fdopendir(fd);
  if (stream == nullptr) return systemError(errno, "list", root_.named(directory));
  std::vector<ports::DirectoryEntry> entries;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    struct stat status {};
    const bool present = ::fstatat(fd, entry->d_name, &status, 0) == 0;  // else gone since
    if (present && S_ISREG(status.st_mode)) {
      entries.push_back({entry->d_name, static_cast<std::uint64_t>(status.st_size)});
    }
    errno = 0;
  }
  const int failure = errno;
  ::closedir(stream);
  if (failure != 0) return systemError(failure, "list", root_.named(directory));
  std::ranges::sort(entries, {}, &ports::DirectoryEntry::name);
  return entries;
}

Result<std::uint64_t> PosixFiles::space() {
  struct statvfs about {};
  if (uninterrupted([&] { return ::fstatvfs(root_.fd.get(), &about); }) != 0) {
    return systemError(errno, "ask for the free space of", root_.named("."));
  }
  return static_cast<std::uint64_t>(about.f_bavail) * about.f_frsize;
}

Status PosixFiles::rename(const std::string& from, const std::string& to) {
  const int root = root_.fd.get();
  if (::renameat(root, from.c_str(), root, to.c_str()) != 0) {
    return systemError(errno, "rename", root_.named(from) + " to " + root_.named(to));
  }
  forget(to);
  for (OpenFile& file : open_) {
    if (file.path == from) file.path = to;
  }
  if (auto status = syncDirectoryAbove(root_, to); !status) return status;
  return directoryOf(from) == directoryOf(to) ? Status() : syncDirectoryAbove(root_, from);
}

Status PosixFiles::remove(const std::string& path) {
  if (::unlinkat(root_.fd.get(), path.c_str(), 0) != 0) {
    return systemError(errno, "remove", root_.named(path));
  }
  forget(path);
  return syncDirectoryAbove(root_, path);
}

Status PosixFiles::makeDirectory(const std::string& path) {
  const int root = root_.fd.get();
  for (std::size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string step = path.substr(0, end);
    if (::mkdirat(root, step.c_str(), directoryMode) != 0 && errno != EEXIST) {
      return systemError(errno, "make the directory", root_.named(step));
    }
    // Also when it exists: whoever made it may have crashed before its name was on disk.
    if (auto status = syncDirectoryAbove(root_, step); !status) return status;
  }
  if (auto made = openDirectory(root_, path); !made) return made.error();  // a file of that name
  return {};
}

Status PosixFiles::truncate(const std::string& path, std::uint64_t bytes) {
  auto file = opened(path);
  if (!file) return file.error();
  OpenFile& target = **file;
  if (target.failure) return *target.failure;
  const auto size = static_cast<off_t>(bytes);
  if (uninterrupted([&] { return ::ftruncate(target.fd.get(), size); }) != 0) {
    return systemError(errno, "truncate", root_.named(path));
  }
  auto status = kept(target, syncAll(target.fd.get(), root_.named(path)));
  if (status) target.written = false;
  return status;
}

Status PosixFiles::replace(const std::string& path, BytesView bytes) {
  forget(path);
  return replaceFile(root_, path, bytes);
}

Result<PosixFiles::OpenFile*> PosixFiles::opened(const std::string& path) {
  const auto held = std::ranges::find(open_, path, &OpenFile::path);
  if (held != open_.end()) {
    if (isSameFile(*held)) {
      std::rotate(held, held + 1, open_.end());
      return &open_.back();
    }
    open_.erase(held);
  }
  if (auto status = makeRoom(); !status) return status.error();
  auto fd = openFile(root_, path, O_RDWR);
  if (!fd) return fd.error();
  open_.push_back({path, std::move(*fd), false, std::nullopt});
  return &open_.back();
}

// Closes the file not used for the longest time, synced before if it was written to. Failed ones
// stay, so that their failure does: a node ends soon after the first.
Status PosixFiles::makeRoom() {
  if (open_.size() < openFilesMax) return {};
  const auto oldest = std::ranges::find_if_not(open_, &OpenFile::hasFailed);
  if (oldest == open_.end()) return *open_.front().failure;
  if (oldest->written && isSameFile(*oldest)) {
    if (auto status = kept(*oldest, syncBytes(oldest->fd.get(), root_.named(oldest->path)));
        !status) {
      return status;
    }
  }
  open_.erase(oldest);
  return {};
}

void PosixFiles::forget(const std::string& path) {
  std::erase_if(open_, [&](const OpenFile& file) { return file.path == path; });
}

// Another Disk of this node may have removed or replaced it: then the name means another file.
bool PosixFiles::isSameFile(const OpenFile& file) const {
  struct stat held {};
  struct stat present {};
  return ::fstat(file.fd.get(), &held) == 0 &&
         ::fstatat(root_.fd.get(), file.path.c_str(), &present, 0) == 0 &&
         held.st_dev == present.st_dev && held.st_ino == present.st_ino;
}

Status PosixFiles::kept(OpenFile& file, Status status) {
  if (!status) file.failure = status.error();
  return status;
}

}  // namespace henge::runtime

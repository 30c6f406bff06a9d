// Preloaded into a server (LD_PRELOAD): writes down every system call that changes a file below
// RECORD_DIRECTORY into the file RECORD_TRACE, after it succeeded and before its caller goes on.
// So what the trace says was synced was synced before anybody could be told of it; a call that was
// cut short by SIGKILL is in it or not, as it is on a real disk.
//
// One call at a time, under one lock, so that the order is that of the disk. What RocksDB tells
// people (LOG…) is left out. Errors of the recorder itself end the process.
#include <array>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/proofs/powercut/trace_format.h"

namespace {

using henge::proofs::TracedCall;
using henge::proofs::TraceEntry;

// The C library's own function of that name.
template <typename Function>
Function* original(const char* name) {
  void* found = ::dlsym(RTLD_NEXT, name);
  if (found == nullptr) std::abort();
  return reinterpret_cast<Function*>(found);
}

std::string linkOf(int fd) {
  std::array<char, PATH_MAX> target{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  return length <= 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

// Thread: any, under mutex.
class Recorder {
 public:
  static Recorder& get() {
    static Recorder* recorder = new Recorder();  // for ever: calls come until the very end
    return *recorder;
  }

  // Relative to the recorded directory ("" for itself) in `path`; false: not below it.
  bool relative(std::string_view absolute, std::string& path) const {
    if (directory_.empty() || !absolute.starts_with(directory_)) return false;
    absolute.remove_prefix(directory_.size());
    if (!absolute.empty() && absolute.front() != '/') return false;
    path = absolute.empty() ? "" : absolute.substr(1);
    while (path.ends_with('/')) path.pop_back();
    return !path.substr(path.rfind('/') + 1).starts_with("LOG");
  }
  bool relative(int at, const char* name, std::string& path) const {
    if (name[0] == '/') return relative(name, path);
    std::array<char, PATH_MAX> working{};
    const std::string base = at == AT_FDCWD ? ::getcwd(working.data(), working.size()) : linkOf(at);
    return relative(base + "/" + name, path);
  }
  bool isOpen(int fd, std::string& path) const {
    const auto found = open_.find(fd);
    if (found == open_.end()) return false;
    path = found->second;
    return true;
  }

  void opened(int fd, bool existed, bool truncated) {
    std::string path;
    if (!relative(linkOf(fd), path)) return;
    open_[fd] = path;
    if (!existed) write(TracedCall::make, path);
    if (existed && truncated) write(TracedCall::resize, path, 0);
  }
  void closed(int fd) { open_.erase(fd); }
  void renamed(const std::string& from, const std::string& to) {
    write(TracedCall::rename, from, 0, to);
    std::erase_if(open_, [&](const auto& entry) { return entry.second == to; });
    for (auto& [fd, path] : open_)
      if (path == from) path = to;
  }
  void removed(const std::string& path) {
    write(TracedCall::unlink, path);
    std::erase_if(open_, [&](const auto& entry) { return entry.second == path; });
  }
  void written(int fd, std::uint64_t offset, const void* bytes, ssize_t length) {
    std::string path;
    if (length > 0 && isOpen(fd, path))
      write(TracedCall::write, path, offset, "",
            {static_cast<const char*>(bytes), static_cast<std::size_t>(length)});
  }
  void resized(int fd, std::uint64_t bytes) {
    std::string path;
    if (isOpen(fd, path)) write(TracedCall::resize, path, bytes);
  }
  void synced(int fd) {
    std::string path;
    if (!isOpen(fd, path)) return;
    struct stat status {};
    const bool directory = ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
    write(directory ? TracedCall::syncNames : TracedCall::sync, path);
  }
  void made(const std::string& path) { write(TracedCall::makeDirectory, path); }

  std::recursive_mutex mutex;

 private:
  Recorder() {
    const char* directory = std::getenv("RECORD_DIRECTORY");
    const char* trace = std::getenv("RECORD_TRACE");
    if (directory == nullptr || trace == nullptr) return;
    directory_ = directory;
    trace_ = original<int(const char*, int, ...)>("open")(
        trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (trace_ < 0) std::abort();
  }

  void write(TracedCall call, const std::string& path, std::uint64_t number = 0,
             const std::string& to = "", std::string_view bytes = {}) const {
    TraceEntry entry{call, static_cast<std::uint32_t>(path.size()),
                     static_cast<std::uint32_t>(to.size()),
                     static_cast<std::uint32_t>(bytes.size()), number};
    const auto part = [](const void* data, std::size_t size) {
      return iovec{const_cast<void*>(data), size};
    };
    std::array<iovec, 4> parts = {part(&entry, sizeof entry), part(path.data(), path.size()),
                                  part(to.data(), to.size()), part(bytes.data(), bytes.size())};
    const auto all = static_cast<ssize_t>(sizeof entry + path.size() + to.size() + bytes.size());
    static auto* const writeAll = original<ssize_t(int, const iovec*, int)>("writev");
    if (writeAll(trace_, parts.data(), parts.size()) != all) std::abort();
  }

  std::string directory_;
  int trace_ = -1;
  std::map<int, std::string> open_;
};

class Locked {
 public:
  Locked() : lock_(Recorder::get().mutex) {}
  Recorder* operator->() const { return &Recorder::get(); }

 private:
  std::lock_guard<std::recursive_mutex> lock_;
};

mode_t modeOf(int flags, std::va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

int openAndRecord(int at, const char* path, int flags, mode_t mode) {
  static auto* const open = original<int(int, const char*, int, ...)>("openat");
  const Locked recorder;
  struct stat status {};
  const bool existed = ::fstatat(at, path, &status, 0) == 0;
  const int fd = open(at, path, flags, mode);
  const int error = errno;
  if (fd >= 0) recorder->opened(fd, existed, (flags & O_TRUNC) != 0 && status.st_size > 0);
  errno = error;
  return fd;
}

ssize_t writeAndRecord(int fd, const void* bytes, std::size_t size, off_t offset) {
  static auto* const write = original<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
  const Locked recorder;
  const ssize_t length = write(fd, bytes, size, offset);
  const int error = errno;
  recorder->written(fd, static_cast<std::uint64_t>(offset), bytes, length);
  errno = error;
  return length;
}

// A call that, if it succeeds, is told by `tell`.
template <typename Call, typename Tell>
int recorded(Call call, Tell tell) {
  const Locked recorder;
  const int result = call();
  const int error = errno;
  if (result == 0) tell(recorder);
  errno = error;
  return result;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = modeOf(flags, arguments);
  va_end(arguments);
  return openAndRecord(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = modeOf(flags, arguments);
  va_end(arguments);
  return openAndRecord(AT_FDCWD, path, flags, mode);
}
int openat(int at, const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = modeOf(flags, arguments);
  va_end(arguments);
  return openAndRecord(at, path, flags, mode);
}
int openat64(int at, const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = modeOf(flags, arguments);
  va_end(arguments);
  return openAndRecord(at, path, flags, mode);
}

int close(int fd) {
  static auto* const close = original<int(int)>("close");
  const Locked recorder;
  recorder->closed(fd);
  return close(fd);
}

ssize_t write(int fd, const void* bytes, std::size_t size) {
  static auto* const write = original<ssize_t(int, const void*, std::size_t)>("write");
  std::string path;
  {
    const Locked recorder;
    if (recorder->isOpen(fd, path)) {
      const off_t offset = ::lseek(fd, 0, SEEK_CUR);
      const ssize_t length = write(fd, bytes, size);
      const int error = errno;
      recorder->written(fd, static_cast<std::uint64_t>(offset), bytes, length);
      errno = error;
      return length;
    }
  }
  return write(fd, bytes, size);  // a socket or the like, and may wait
}
ssize_t pwrite(int fd, const void* bytes, std::size_t size, off_t offset) {
  return writeAndRecord(fd, bytes, size, offset);
}
ssize_t pwrite64(int fd, const void* bytes, std::size_t size, off64_t offset) {
  return writeAndRecord(fd, bytes, size, offset);
}

int ftruncate(int fd, off_t bytes) noexcept {
  static auto* const truncate = original<int(int, off_t)>("ftruncate");
  return recorded([&] { return truncate(fd, bytes); },
                  [&](const Locked& r) { r->resized(fd, static_cast<std::uint64_t>(bytes)); });
}
int ftruncate64(int fd, off64_t bytes) noexcept { return ftruncate(fd, bytes); }

int fallocate(int fd, int mode, off_t offset, off_t length) {
  static auto* const allocate = original<int(int, int, off_t, off_t)>("fallocate");
  return recorded([&] { return allocate(fd, mode, offset, length); },
                  [&](const Locked& r) {
                    struct stat status {};
                    if (mode == 0 && ::fstat(fd, &status) == 0)
                      r->resized(fd, static_cast<std::uint64_t>(status.st_size));
                  });
}
int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
  return fallocate(fd, mode, offset, length);
}

int fsync(int fd) {
  static auto* const sync = original<int(int)>("fsync");
  return recorded([&] { return sync(fd); }, [&](const Locked& r) { r->synced(fd); });
}
int fdatasync(int fd) {
  static auto* const sync = original<int(int)>("fdatasync");
  return recorded([&] { return sync(fd); }, [&](const Locked& r) { r->synced(fd); });
}

int renameat(int fromAt, const char* from, int toAt, const char* to) noexcept {
  static auto* const rename = original<int(int, const char*, int, const char*)>("renameat");
  return recorded([&] { return rename(fromAt, from, toAt, to); },
                  [&](const Locked& r) {
                    std::string a;
                    std::string b;
                    if (r->relative(fromAt, from, a) && r->relative(toAt, to, b)) r->renamed(a, b);
                  });
}
int rename(const char* from, const char* to) noexcept {
  return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int unlinkat(int at, const char* path, int flags) noexcept {
  static auto* const unlink = original<int(int, const char*, int)>("unlinkat");
  return recorded([&] { return unlink(at, path, flags); },
                  [&](const Locked& r) {
                    std::string name;
                    if (r->relative(at, path, name)) r->removed(name);
                  });
}
int unlink(const char* path) noexcept { return unlinkat(AT_FDCWD, path, 0); }

int mkdirat(int at, const char* path, mode_t mode) noexcept {
  static auto* const make = original<int(int, const char*, mode_t)>("mkdirat");
  return recorded([&] { return make(at, path, mode); },
                  [&](const Locked& r) {
                    std::string name;
                    if (r->relative(at, path, name) && !name.empty()) r->made(name);
                  });
}
int mkdir(const char* path, mode_t mode) noexcept { return mkdirat(AT_FDCWD, path, mode); }

}  // extern "C"

#include "tests/proofs/io/faulty_calls.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace henge::proofs {

std::string_view nameOf(Call call) {
  constexpr std::array<std::string_view, callCount> names = {
      "open",   "write",  "read",     "sync",     "sync whole", "sync directory",
      "rename", "unlink", "truncate", "allocate", "list",       "make directory"};
  return names[static_cast<std::size_t>(call)];
}

std::string_view nameOf(Part part) { return part == Part::disk ? "disk" : "engine"; }

std::string_view nameOf(Fault fault) {
  constexpr std::array<std::string_view, 4> names = {"EIO", "ENOSPC", "EINTR", "half"};
  return names[static_cast<std::size_t>(fault)];
}

namespace {

constexpr std::size_t descriptorsMax = 4096;

struct Descriptor {
  std::atomic<bool> ours = false;  // below the root
  std::atomic<bool> engine = false;
  std::atomic<bool> directory = false;
};

// Set once, before there are threads.
std::string root;
std::string store;
FaultPlan plan;
std::atomic<std::uint32_t>* counted = nullptr;
std::atomic<bool>* failed = nullptr;
std::array<Descriptor, descriptorsMax> descriptors;

std::optional<Part> partOf(std::string_view path) {
  if (!path.starts_with(root)) return std::nullopt;
  return path.starts_with(store) ? Part::engine : Part::disk;
}

std::optional<Part> partOf(int fd) {
  if (fd < 0 || static_cast<std::size_t>(fd) >= descriptorsMax) return std::nullopt;
  const Descriptor& held = descriptors[static_cast<std::size_t>(fd)];
  if (!held.ours) return std::nullopt;
  return held.engine ? Part::engine : Part::disk;
}

std::optional<Part> partAt(int directory, const char* path) {
  return path[0] == '/' ? partOf(std::string_view(path)) : partOf(directory);
}

// What becomes of this call; nullopt: it is let through.
std::optional<Fault> faultOf(std::optional<Part> part, Call call) {
  if (counted == nullptr || part != plan.part || call != plan.call) return std::nullopt;
  const std::uint32_t number = ++*counted;
  const bool fails = plan.always ? number >= plan.first : number == plan.first;
  if (plan.first == 0 || !fails) return std::nullopt;
  *failed = true;
  return plan.fault;
}

// Sets errno; false: the call goes on as it was.
bool fails(std::optional<Part> part, Call call) {
  const auto fault = faultOf(part, call);
  if (!fault || *fault == Fault::half) return false;
  errno = *fault == Fault::eio ? EIO : *fault == Fault::enospc ? ENOSPC : EINTR;
  return true;
}

// As many bytes as are handled, or -1.
std::ptrdiff_t allowed(int fd, Call call, std::size_t bytes) {
  const auto fault = faultOf(partOf(fd), call);
  if (!fault) return static_cast<std::ptrdiff_t>(bytes);
  if (*fault == Fault::half) {
    return static_cast<std::ptrdiff_t>(std::min(bytes, std::max<std::size_t>(1, bytes / 2)));
  }
  errno = *fault == Fault::eio ? EIO : *fault == Fault::enospc ? ENOSPC : EINTR;
  return -1;
}

void forget(int fd) {
  if (fd >= 0 && static_cast<std::size_t>(fd) < descriptorsMax) {
    descriptors[static_cast<std::size_t>(fd)].ours = false;
  }
}

int remember(int fd) {
  if (fd < 0 || static_cast<std::size_t>(fd) >= descriptorsMax || counted == nullptr) return fd;
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = ::readlink(link.c_str(), path, sizeof path);
  const auto part = partOf(std::string_view(path, length < 0 ? 0 : static_cast<size_t>(length)));
  struct stat about {};
  Descriptor& held = descriptors[static_cast<std::size_t>(fd)];
  held.engine = part == Part::engine;
  held.directory = ::fstat(fd, &about) == 0 && S_ISDIR(about.st_mode);
  held.ours = part.has_value();
  return fd;
}

Call wholeSyncOf(int fd) {
  const bool known = fd >= 0 && static_cast<std::size_t>(fd) < descriptorsMax;
  const bool directory = known && descriptors[static_cast<std::size_t>(fd)].directory;
  return directory ? Call::syncDirectory : Call::syncWhole;
}

// The C library's function of that name.
template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

void faultCalls(const std::string& below, const FaultPlan& what, std::atomic<std::uint32_t>& calls,
                std::atomic<bool>& hasFailed) {
  root = below + "/";
  store = root + "store";
  plan = what;
  failed = &hasFailed;
  counted = &calls;
}

}  // namespace henge::proofs

using henge::proofs::allowed;
using henge::proofs::Call;
using henge::proofs::fails;
using henge::proofs::forget;
using henge::proofs::partAt;
using henge::proofs::partOf;
using henge::proofs::real;
using henge::proofs::remember;
using henge::proofs::wholeSyncOf;

extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if (fails(partOf(std::string_view(path)), Call::open)) return -1;
  return remember(real<int(const char*, int, mode_t)>("open")(path, flags, mode));
}

int openat(int directory, const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if (fails(partAt(directory, path), Call::open)) return -1;
  return remember(real<int(int, const char*, int, mode_t)>("openat")(directory, path, flags, mode));
}

FILE* fopen(const char* path, const char* how) {
  if (fails(partOf(std::string_view(path)), Call::open)) return nullptr;
  FILE* file = real<FILE*(const char*, const char*)>("fopen")(path, how);
  if (file != nullptr) remember(::fileno(file));
  return file;
}

DIR* opendir(const char* path) {
  if (fails(partOf(std::string_view(path)), Call::list)) return nullptr;
  DIR* stream = real<DIR*(const char*)>("opendir")(path);
  if (stream != nullptr) remember(::dirfd(stream));
  return stream;
}

struct dirent* readdir(DIR* stream) {
  if (fails(partOf(::dirfd(stream)), Call::list)) return nullptr;
  return real<struct dirent*(DIR*)>("readdir")(stream);
}

int close(int fd) {
  forget(fd);
  return real<int(int)>("close")(fd);
}

ssize_t write(int fd, const void* bytes, size_t count) {
  const auto length = allowed(fd, Call::write, count);
  if (length < 0) return -1;
  return real<ssize_t(int, const void*, size_t)>("write")(fd, bytes, static_cast<size_t>(length));
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  const auto length = allowed(fd, Call::write, count);
  if (length < 0) return -1;
  return real<ssize_t(int, const void*, size_t, off_t)>("pwrite")(
      fd, bytes, static_cast<size_t>(length), offset);
}

ssize_t read(int fd, void* bytes, size_t count) {
  const auto length = allowed(fd, Call::read, count);
  if (length < 0) return -1;
  return real<ssize_t(int, void*, size_t)>("read")(fd, bytes, static_cast<size_t>(length));
}

ssize_t pread(int fd, void* bytes, size_t count, off_t offset) {
  const auto length = allowed(fd, Call::read, count);
  if (length < 0) return -1;
  return real<ssize_t(int, void*, size_t, off_t)>("pread")(fd, bytes, static_cast<size_t>(length),
                                                           offset);
}

// The C library continues what was short by itself: only errors come through.
size_t fread_unlocked(void* bytes, size_t size, size_t count, FILE* file) {
  if (fails(partOf(::fileno(file)), Call::read)) return 0;
  return real<size_t(void*, size_t, size_t, FILE*)>("fread_unlocked")(bytes, size, count, file);
}

int fsync(int fd) {
  if (fails(partOf(fd), wholeSyncOf(fd))) return -1;
  return partOf(fd) ? 0 : real<int(int)>("fsync")(fd);
}

int fdatasync(int fd) {
  if (fails(partOf(fd), Call::sync)) return -1;
  return partOf(fd) ? 0 : real<int(int)>("fdatasync")(fd);
}

int sync_file_range(int fd, off64_t offset, off64_t count, unsigned flags) {
  // Without flags it does nothing: RocksDB asks so whether the call exists, and rightly relies on
  // it.
  if (flags != 0 && fails(partOf(fd), Call::sync)) return -1;
  if (flags != 0 && partOf(fd)) return 0;
  return real<int(int, off64_t, off64_t, unsigned)>("sync_file_range")(fd, offset, count, flags);
}

int rename(const char* from, const char* to) {
  if (fails(partOf(std::string_view(from)), Call::rename)) return -1;
  return real<int(const char*, const char*)>("rename")(from, to);
}

int renameat(int fromAt, const char* from, int toAt, const char* to) {
  if (fails(partAt(fromAt, from), Call::rename)) return -1;
  return real<int(int, const char*, int, const char*)>("renameat")(fromAt, from, toAt, to);
}

int unlink(const char* path) {
  if (fails(partOf(std::string_view(path)), Call::unlink)) return -1;
  return real<int(const char*)>("unlink")(path);
}

int unlinkat(int directory, const char* path, int flags) {
  if (fails(partAt(directory, path), Call::unlink)) return -1;
  return real<int(int, const char*, int)>("unlinkat")(directory, path, flags);
}

int ftruncate(int fd, off_t length) {
  if (fails(partOf(fd), Call::truncate)) return -1;
  return real<int(int, off_t)>("ftruncate")(fd, length);
}

int fallocate(int fd, int mode, off_t offset, off_t length) {
  if (fails(partOf(fd), Call::allocate)) return -1;
  return real<int(int, int, off_t, off_t)>("fallocate")(fd, mode, offset, length);
}

// RocksDB waits a second after each background error, "in case of persistent errors".
int usleep(useconds_t micros) {
  return real<int(useconds_t)>("usleep")(std::min<useconds_t>(micros, 1000));
}

int mkdir(const char* path, mode_t mode) {
  if (fails(partOf(std::string_view(path)), Call::makeDirectory)) return -1;
  return real<int(const char*, mode_t)>("mkdir")(path, mode);
}

int mkdirat(int directory, const char* path, mode_t mode) {
  if (fails(partAt(directory, path), Call::makeDirectory)) return -1;
  return real<int(int, const char*, mode_t)>("mkdirat")(directory, path, mode);
}

}  // extern "C"

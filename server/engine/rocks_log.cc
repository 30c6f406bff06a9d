#include "server/engine/rocks_log.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/time.h"

namespace henge::engine {

RocksLog::RocksLog(const std::string& directory, std::uint64_t rollAt)
    : rocksdb::Logger(rocksdb::WARN_LEVEL), path_(directory + "/LOG"), rollAt_(rollAt) {
  open();
}

RocksLog::~RocksLog() { shut(); }

void RocksLog::Logv(const char* format, std::va_list arguments) {
  const auto sinceEpoch = std::chrono::system_clock::now().time_since_epoch();
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(sinceEpoch).count();
  std::array<char, lineBytesMax> text{};
  const int wanted = std::vsnprintf(text.data(), text.size(), format, arguments);
  if (wanted < 0) return;
  const auto length = std::min(static_cast<std::size_t>(wanted), text.size() - 1);
  write(toIso8601({micros}) + " " + std::string(text.data(), length) + "\n");
}

void RocksLog::write(const std::string& line) {
  const std::lock_guard lock(mutex_);
  if (bytes_ + line.size() > rollAt_) {
    shut();
    ::rename(path_.c_str(), (path_ + ".old").c_str());
    open();
  }
  if (::write(fd_, line.data(), line.size()) > 0) bytes_ += line.size();
}

void RocksLog::open() {
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  struct stat status {};
  bytes_ = ::fstat(fd_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

void RocksLog::shut() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace henge::engine

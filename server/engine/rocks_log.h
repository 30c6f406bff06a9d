#pragma once

#include <cstdarg>
#include <cstdint>
#include <memory>
#include <mutex>
#include <rocksdb/env.h>
#include <string>

namespace henge::engine {

// RocksDB's own lines, in LOG and LOG.old of the store's directory, at most bytesMax each. What
// cannot be written is dropped: RocksDB's own logger, in the packaged build with its assertions,
// aborts the process at the second line after a full disk. Thread: any.
class RocksLog final : public rocksdb::Logger {
 public:
  static constexpr std::uint64_t bytesMax = 1 << 20;
  static constexpr std::size_t lineBytesMax = 2048;

  explicit RocksLog(const std::string& directory, std::uint64_t rollAt = bytesMax);
  ~RocksLog() override;

  using rocksdb::Logger::Logv;
  void Logv(const char* format, std::va_list arguments) override;

 private:
  void write(const std::string& line);
  void open();
  void shut();

  std::string path_;
  std::uint64_t rollAt_;
  std::mutex mutex_;
  int fd_ = -1;              // under mutex_; -1: lines are dropped
  std::uint64_t bytes_ = 0;  // under mutex_
};

}  // namespace henge::engine

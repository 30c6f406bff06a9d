#pragma once

#include <atomic>
#include <memory>
#include <rocksdb/file_system.h>
#include <string>

#include "server/engine/failure.h"

namespace henge::engine {

// Stands between RocksDB and its files: a table file that cannot be read is damage, raised with the
// file's name whatever RocksDB makes of it, and from that moment nothing more is written. RocksDB
// 7.8 can take a failed read in a compaction for the end of the file and put tables without the
// rest in the place of those with it (fixed in 8.7.0, its HISTORY.md); so what is on the disk stays
// as it was. Thread: any.
class ReadGuard final : public rocksdb::FileSystemWrapper {
 public:
  ReadGuard(const std::shared_ptr<rocksdb::FileSystem>& files, std::shared_ptr<Failure> failure);
  const char* Name() const override { return "ReadGuard"; }

  rocksdb::IOStatus NewRandomAccessFile(const std::string& path,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;

 private:
  class Watched;
  class Fenced;
  // What the files share with it: they may outlive it.
  struct Fence {
    std::shared_ptr<Failure> failure;
    std::atomic<bool> shut = false;
    rocksdb::IOStatus check() const;
    void trip(const std::string& path, std::uint64_t offset, const rocksdb::IOStatus& status);
  };
  std::shared_ptr<Fence> fence_;
};

}  // namespace henge::engine

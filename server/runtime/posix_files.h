// The files under one directory, one blocking call at a time: what PosixDisk's thread does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"
#include "server/ports/disk.h"
#include "server/runtime/posix_file.h"

namespace henge::runtime {

// Calls mean what ports::Disk says of them. Thread: any one at a time.
//
// Files written or synced stay open, a few of them: Linux tells a failed write-back to those who
// had the file open when it failed, once, and then calls the lost pages clean. So a file stays open
// from its first write until its sync, and a failure sticks: after it, writes and syncs of that
// file fail until it is renamed over, removed or replaced.
class PosixFiles {
 public:
  static constexpr std::size_t openFilesMax = 8;

  static Result<std::unique_ptr<PosixFiles>> open(const std::string& root);

  Status create(const std::string& path, std::uint64_t bytes);
  Status write(const std::string& path, std::uint64_t offset, BytesView bytes);
  Status sync(const std::string& path);
  Result<Bytes> read(const std::string& path, std::uint64_t offset, std::uint64_t length);
  // Files only.
  Result<std::vector<ports::DirectoryEntry>> list(const std::string& directory);
  Result<std::uint64_t> space();  // bytes that may still be filled without privileges
  Status rename(const std::string& from, const std::string& to);
  Status remove(const std::string& path);
  Status makeDirectory(const std::string& path);
  Status truncate(const std::string& path, std::uint64_t bytes);
  Status replace(const std::string& path, BytesView bytes);

 private:
  struct OpenFile {
    std::string path;
    FileDescriptor fd;
    bool written = false;          // since the last sync
    std::optional<Error> failure;  // sticks
    bool hasFailed() const { return failure.has_value(); }
  };

  explicit PosixFiles(Directory root);
  Result<OpenFile*> opened(const std::string& path);  // valid until the next call
  Status makeRoom();
  void forget(const std::string& path);
  bool isSameFile(const OpenFile& file) const;
  Status kept(OpenFile& file, Status status);

  Directory root_;
  std::vector<OpenFile> open_;  // least recently used first
};

}  // namespace henge::runtime

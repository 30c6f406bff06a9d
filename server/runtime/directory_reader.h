// A data directory that no process uses, read and not changed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "server/ports/disk.h"
#include "server/runtime/posix_files.h"

namespace henge::runtime {

// Holds the directory's lock for as long as it lives, without writing to it: no node can start
// there meanwhile, and no byte of the directory changes. A directory that never had a lock is
// read without. All calls block. Thread: any one at a time.
class DirectoryReader {
 public:
  // notFound: no such directory. alreadyExists: a process runs there; the message names it. io.
  static Result<DirectoryReader> open(const std::string& path);

  const std::string& path() const { return path_; }
  // Paths are relative to the directory. Fewer bytes at the file's end. notFound, io.
  Result<Bytes> read(const std::string& name, std::uint64_t offset, std::uint64_t length);
  Result<std::vector<ports::DirectoryEntry>> list(const std::string& directory);  // files only
  bool hasDirectory(const std::string& name) const;

 private:
  DirectoryReader(std::string path, FileDescriptor lock, std::unique_ptr<PosixFiles> files);

  std::string path_;
  FileDescriptor lock_;
  std::unique_ptr<PosixFiles> files_;
};

}  // namespace henge::runtime

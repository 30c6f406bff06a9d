// A node's data directory: made, locked against a second process, and its small files.
#pragma once

#include <string>

#include "core/bytes.h"
#include "core/result.h"
#include "server/runtime/posix_file.h"

namespace henge::runtime {

// All calls block: for the start of a process, before the loop runs. Thread: any one at a time.
class DataDirectory {
 public:
  enum class IfMissing { make, refuse };
  static constexpr std::uint64_t smallFileBytesMax = 1 << 20;
  static constexpr const char* lockName = "lock";

  // Takes the lock for as long as the object lives; the lock ends with the process, however that
  // ends. make: with mode 0700, the directory above must exist. Errors: notFound; alreadyExists,
  // the message names the process that holds it; io.
  static Result<DataDirectory> open(const std::string& path, IfMissing ifMissing);

  const std::string& path() const { return directory_.name; }

  // notFound: no such file. corrupt: larger than smallFileBytesMax.
  Result<Bytes> readSmallFile(const std::string& name) const;
  // On disk when it returns; the file holds all of `bytes` or what it held before, whatever
  // happens.
  Status replaceSmallFile(const std::string& name, BytesView bytes);

  // Gives what stands under `name` the first free one of "<name>.damaged-1", "…-2" …, which is the
  // answer; on disk when it returns. alreadyExists: there are setAsideMax.
  Result<std::string> setAside(const std::string& name);
  static constexpr int setAsideMax = 100;

 private:
  DataDirectory(Directory directory, FileDescriptor lock);

  Directory directory_;
  FileDescriptor lock_;
};

}  // namespace henge::runtime

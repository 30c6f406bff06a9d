#include "server/engine/guarded_files.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "server/engine/manifest_records.h"

namespace henge::engine {

namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

std::string directoryOf(const std::string& path) {
  const auto slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

bool isManifest(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1).starts_with("MANIFEST-");
}

class BytesOfFile final : public rocksdb::FSSequentialFile {
 public:
  explicit BytesOfFile(Bytes bytes) : bytes_(std::move(bytes)) {}

  IOStatus Read(std::size_t n, const IOOptions&, rocksdb::Slice* result, char* scratch,
                IODebugContext*) override {
    n = std::min(n, bytes_.size() - at_);
    std::memcpy(scratch, bytes_.data() + at_, n);
    *result = {scratch, n};
    at_ += n;
    return IOStatus::OK();
  }
  IOStatus Skip(std::uint64_t n) override {
    at_ += std::min<std::uint64_t>(n, bytes_.size() - at_);
    return IOStatus::OK();
  }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

class GuardedFiles final : public rocksdb::FileSystemWrapper {
 public:
  explicit GuardedFiles(const std::shared_ptr<rocksdb::FileSystem>& files)
      : FileSystemWrapper(files) {}
  const char* Name() const override { return "GuardedFiles"; }

  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSDirectory> directory;
    auto status = target()->NewDirectory(directoryOf(from), options, &directory, debug);
    if (status.ok()) status = directory->Fsync(options, debug);
    if (!status.ok()) return status;
    return target()->RenameFile(from, to, options, debug);
  }

  IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext* debug) override {
    if (!isManifest(name)) return target()->NewSequentialFile(name, options, result, debug);
    std::string bytes;
    auto status = rocksdb::ReadFileToString(target(), name, &bytes);
    if (!status.ok()) return status;
    bytes.resize(wholeRecordsOf(bytes));
    *result = std::make_unique<BytesOfFile>(std::move(bytes));
    return status;
  }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> guardedFiles(std::shared_ptr<rocksdb::FileSystem> files) {
  if (!files) files = rocksdb::FileSystem::Default();
  return std::make_shared<GuardedFiles>(files);
}

}  // namespace henge::engine

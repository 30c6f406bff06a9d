#include "tests/proofs/crash/rocks_files.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace henge::proofs {

namespace {

using rocksdb::FileLock;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus statusOf(const Status& status) {
  if (status) return IOStatus::OK();
  const std::string& why = status.error().message;
  if (status.error().kind == ErrorKind::notFound) return IOStatus::PathNotFound(why);
  return IOStatus::IOError(why);
}

// Up to `bytes` of `from`, behind `offset`.
Slice copyPart(const Bytes& from, std::uint64_t offset, std::size_t bytes, char* scratch) {
  if (offset >= from.size()) return {scratch, 0};
  bytes = std::min<std::size_t>(bytes, from.size() - offset);
  std::memcpy(scratch, from.data() + offset, bytes);
  return {scratch, bytes};
}

class SequentialFile final : public rocksdb::FSSequentialFile {
 public:
  explicit SequentialFile(Bytes bytes) : bytes_(std::move(bytes)) {}
  IOStatus Read(std::size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) override {
    *result = copyPart(bytes_, at_, n, scratch);
    at_ += result->size();
    return IOStatus::OK();
  }
  IOStatus Skip(std::uint64_t n) override {
    at_ += n;
    return IOStatus::OK();
  }

 private:
  Bytes bytes_;
  std::uint64_t at_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccessFile(Bytes bytes) : bytes_(std::move(bytes)) {}
  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) const override {
    *result = copyPart(bytes_, offset, n, scratch);
    return IOStatus::OK();
  }

 private:
  Bytes bytes_;
};

class WritableFile final : public rocksdb::FSWritableFile {
 public:
  WritableFile(kit::FakeFileSystem& files, std::string path, std::uint64_t size)
      : files_(files), path_(std::move(path)), size_(size) {}
  using FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    const Status status = files_.write(path_, size_, data.ToString());
    if (status) size_ += data.size();
    return statusOf(status);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions&, IODebugContext*) override {
    size_ = size;
    return statusOf(files_.truncate(path_, size));
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return statusOf(files_.sync(path_)); }
  bool IsSyncThreadSafe() const override { return true; }
  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return size_; }

 private:
  kit::FakeFileSystem& files_;
  std::string path_;
  std::uint64_t size_;
};

class DirectoryOfFiles final : public rocksdb::FSDirectory {
 public:
  DirectoryOfFiles(kit::FakeFileSystem& files, std::string path)
      : files_(files), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    files_.syncDirectory(path_);
    return IOStatus::OK();
  }

 private:
  kit::FakeFileSystem& files_;
  std::string path_;
};

struct NoLock final : FileLock {};  // one process at a time is the harness's affair

class RocksFiles final : public rocksdb::FileSystem {
 public:
  RocksFiles(kit::FakeFileSystem& files, std::string root)
      : files_(files), root_(std::move(root)) {}
  const char* Name() const override { return "FilesInMemory"; }

  IOStatus NewSequentialFile(const std::string& name, const FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext*) override {
    return openForReading<SequentialFile>(name, result);
  }
  IOStatus NewRandomAccessFile(const std::string& name, const FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext*) override {
    return openForReading<RandomAccessFile>(name, result);
  }
  IOStatus NewWritableFile(const std::string& name, const FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext*) override {
    const Status status = files_.open(inside(name), kit::FakeFileSystem::OpenAs::fresh);
    if (status) *result = std::make_unique<WritableFile>(files_, inside(name), 0);
    return statusOf(status);
  }
  IOStatus ReopenWritableFile(const std::string& name, const FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext* debug) override {
    auto held = files_.read(inside(name), 0, wholeFile);
    if (!held) return NewWritableFile(name, options, result, debug);
    *result = std::make_unique<WritableFile>(files_, inside(name), held->size());
    return IOStatus::OK();
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
    auto listed = files_.list(inside(name));
    if (!listed) return statusOf(listed.error());
    *result = std::make_unique<DirectoryOfFiles>(files_, inside(name));
    return IOStatus::OK();
  }

  IOStatus FileExists(const std::string& name, const IOOptions&, IODebugContext*) override {
    if (files_.list(inside(name)).ok()) return IOStatus::OK();
    auto byte = files_.read(inside(name), 0, 1);
    return byte ? IOStatus::OK() : IOStatus::NotFound();
  }
  IOStatus GetChildren(const std::string& name, const IOOptions&, std::vector<std::string>* result,
                       IODebugContext*) override {
    result->clear();
    auto listed = files_.list(inside(name));
    if (!listed) return statusOf(listed.error());
    for (const auto& entry : *listed) result->push_back(entry.name);
    return IOStatus::OK();
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions&, IODebugContext*) override {
    return statusOf(files_.unlink(inside(name)));
  }
  IOStatus CreateDir(const std::string& name, const IOOptions&, IODebugContext*) override {
    return statusOf(files_.makeDirectory(inside(name)));
  }
  IOStatus CreateDirIfMissing(const std::string& name, const IOOptions& options,
                              IODebugContext* debug) override {
    return CreateDir(name, options, debug);
  }
  IOStatus DeleteDir(const std::string& name, const IOOptions&, IODebugContext*) override {
    return IOStatus::NotSupported("removing the directory " + name);
  }
  IOStatus GetFileSize(const std::string& name, const IOOptions&, std::uint64_t* size,
                       IODebugContext*) override {
    auto held = files_.read(inside(name), 0, wholeFile);
    if (!held) return statusOf(held.error());
    *size = held->size();
    return IOStatus::OK();
  }
  IOStatus GetFileModificationTime(const std::string&, const IOOptions&, std::uint64_t* time,
                                   IODebugContext*) override {
    *time = 0;
    return IOStatus::OK();
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return statusOf(files_.rename(inside(from), inside(to)));
  }
  IOStatus LockFile(const std::string&, const IOOptions&, FileLock** lock,
                    IODebugContext*) override {
    *lock = new NoLock();
    return IOStatus::OK();
  }
  IOStatus UnlockFile(FileLock* lock, const IOOptions&, IODebugContext*) override {
    delete lock;
    return IOStatus::OK();
  }
  IOStatus GetTestDirectory(const IOOptions&, std::string* path, IODebugContext*) override {
    *path = root_;
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* result,
                           IODebugContext*) override {
    *result = path;
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* result,
                       IODebugContext*) override {
    *result = files_.list(inside(path)).ok();
    return IOStatus::OK();
  }

 private:
  static constexpr std::uint64_t wholeFile = std::numeric_limits<std::uint64_t>::max();

  std::string inside(const std::string& path) const {
    std::string name = path.starts_with(root_) ? path.substr(root_.size()) : path;
    name.erase(0, name.find_first_not_of('/'));
    while (name.ends_with('/')) name.pop_back();
    return name;
  }

  template <typename File, typename Result>
  IOStatus openForReading(const std::string& name, Result* result) {
    auto bytes = files_.read(inside(name), 0, wholeFile);
    if (!bytes) return statusOf(bytes.error());
    *result = std::make_unique<File>(*std::move(bytes));
    return IOStatus::OK();
  }

  kit::FakeFileSystem& files_;
  std::string root_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> rocksFilesOn(kit::FakeFileSystem& files, std::string root) {
  return std::make_shared<RocksFiles>(files, std::move(root));
}

}  // namespace henge::proofs

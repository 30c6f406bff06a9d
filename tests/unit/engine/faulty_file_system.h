// The engine's files, whose calls fail or wait as the test says.
#pragma once

#include <functional>
#include <memory>
#include <rocksdb/file_system.h>
#include <string>
#include <utility>

namespace henge::engine {

enum class FileCall { open, read, write, sync, rename, remove, list, allocate };

// Asked before each call, with the whole path; what is not ok is what the call answers, undone. May
// block. Thread: any.
using FilePlan = std::function<rocksdb::IOStatus(FileCall, const std::string& path)>;

class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultyFileSystem(FilePlan plan)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), plan_(std::move(plan)) {}
  const char* Name() const override { return "FaultyFileSystem"; }

  using IOOptions = rocksdb::IOOptions;
  using IOStatus = rocksdb::IOStatus;
  using Context = rocksdb::IODebugContext;

  IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* file,
                             Context* context) override {
    if (auto status = plan_(FileCall::open, path); !status.ok()) return status;
    auto status = target()->NewSequentialFile(path, options, file, context);
    if (status.ok()) *file = std::make_unique<Sequential>(std::move(*file), path, plan_);
    return status;
  }
  IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                               Context* context) override {
    if (auto status = plan_(FileCall::open, path); !status.ok()) return status;
    auto status = target()->NewRandomAccessFile(path, options, file, context);
    if (status.ok()) *file = std::make_unique<Random>(std::move(*file), path, plan_);
    return status;
  }
  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           Context* context) override {
    if (auto status = plan_(FileCall::open, path); !status.ok()) return status;
    auto status = target()->NewWritableFile(path, options, file, context);
    if (status.ok()) *file = std::make_unique<Writable>(std::move(*file), path, plan_);
    return status;
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* directory,
                        Context* context) override {
    auto status = target()->NewDirectory(path, options, directory, context);
    if (status.ok()) *directory = std::make_unique<Names>(std::move(*directory), path, plan_);
    return status;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      Context* context) override {
    if (auto status = plan_(FileCall::rename, from); !status.ok()) return status;
    return target()->RenameFile(from, to, options, context);
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      Context* context) override {
    if (auto status = plan_(FileCall::remove, path); !status.ok()) return status;
    return target()->DeleteFile(path, options, context);
  }
  IOStatus GetChildren(const std::string& path, const IOOptions& options,
                       std::vector<std::string>* names, Context* context) override {
    if (auto status = plan_(FileCall::list, path); !status.ok()) return status;
    return target()->GetChildren(path, options, names, context);
  }

 private:
  class Sequential final : public rocksdb::FSSequentialFileOwnerWrapper {
   public:
    Sequential(std::unique_ptr<rocksdb::FSSequentialFile> file, std::string path, FilePlan plan)
        : FSSequentialFileOwnerWrapper(std::move(file)),
          path_(std::move(path)),
          plan_(std::move(plan)) {}
    IOStatus Read(std::size_t n, const IOOptions& options, rocksdb::Slice* result, char* scratch,
                  Context* context) override {
      if (auto status = plan_(FileCall::read, path_); !status.ok()) return status;
      return target()->Read(n, options, result, scratch, context);
    }

   private:
    std::string path_;
    FilePlan plan_;
  };

  class Random final : public rocksdb::FSRandomAccessFileOwnerWrapper {
   public:
    Random(std::unique_ptr<rocksdb::FSRandomAccessFile> file, std::string path, FilePlan plan)
        : FSRandomAccessFileOwnerWrapper(std::move(file)),
          path_(std::move(path)),
          plan_(std::move(plan)) {}
    IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions& options,
                  rocksdb::Slice* result, char* scratch, Context* context) const override {
      if (auto status = plan_(FileCall::read, path_); !status.ok()) return status;
      return target()->Read(offset, n, options, result, scratch, context);
    }

   private:
    std::string path_;
    FilePlan plan_;
  };

  class Writable final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    Writable(std::unique_ptr<rocksdb::FSWritableFile> file, std::string path, FilePlan plan)
        : FSWritableFileOwnerWrapper(std::move(file)),
          path_(std::move(path)),
          plan_(std::move(plan)) {}
    using FSWritableFileOwnerWrapper::Append;
    IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                    Context* context) override {
      if (auto status = plan_(FileCall::write, path_); !status.ok()) return status;
      return target()->Append(data, options, context);
    }
    IOStatus Sync(const IOOptions& options, Context* context) override {
      if (auto status = plan_(FileCall::sync, path_); !status.ok()) return status;
      return target()->Sync(options, context);
    }
    IOStatus Fsync(const IOOptions& options, Context* context) override {
      if (auto status = plan_(FileCall::sync, path_); !status.ok()) return status;
      return target()->Fsync(options, context);
    }
    IOStatus Allocate(std::uint64_t offset, std::uint64_t length, const IOOptions& options,
                      Context* context) override {
      if (auto status = plan_(FileCall::allocate, path_); !status.ok()) return status;
      return target()->Allocate(offset, length, options, context);
    }

   private:
    std::string path_;
    FilePlan plan_;
  };

  class Names final : public rocksdb::FSDirectoryWrapper {
   public:
    Names(std::unique_ptr<rocksdb::FSDirectory> directory, std::string path, FilePlan plan)
        : FSDirectoryWrapper(std::move(directory)),
          path_(std::move(path)),
          plan_(std::move(plan)) {}
    IOStatus Fsync(const IOOptions& options, Context* context) override {
      if (auto status = plan_(FileCall::sync, path_); !status.ok()) return status;
      return FSDirectoryWrapper::Fsync(options, context);
    }
    IOStatus FsyncWithDirOptions(const IOOptions& options, Context* context,
                                 const rocksdb::DirFsyncOptions& which) override {
      if (auto status = plan_(FileCall::sync, path_); !status.ok()) return status;
      return FSDirectoryWrapper::FsyncWithDirOptions(options, context, which);
    }

   private:
    std::string path_;
    FilePlan plan_;
  };

  FilePlan plan_;
};

}  // namespace henge::engine

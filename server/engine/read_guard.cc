#include "server/engine/read_guard.h"

#include <utility>

namespace henge::engine {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

IOStatus ReadGuard::Fence::check() const {
  if (!shut) return IOStatus::OK();
  return IOStatus::IOError("nothing is written any more, a table could not be read");
}

void ReadGuard::Fence::trip(const std::string& path, std::uint64_t offset, const IOStatus& status) {
  shut = true;
  failure->raise({ErrorKind::corrupt, path + " cannot be read at " + std::to_string(offset) + ": " +
                                          status.ToString()});
}

class ReadGuard::Watched final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  Watched(std::unique_ptr<rocksdb::FSRandomAccessFile> file, std::string path,
          std::shared_ptr<Fence> fence)
      : FSRandomAccessFileOwnerWrapper(std::move(file)),
        path_(std::move(path)),
        fence_(std::move(fence)) {}

  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions& options,
                rocksdb::Slice* result, char* scratch, IODebugContext* context) const override {
    IOStatus status = target()->Read(offset, n, options, result, scratch, context);
    if (!status.ok()) fence_->trip(path_, offset, status);
    return status;
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const IOOptions& options,
                     IODebugContext* context) override {
    IOStatus status = target()->MultiRead(requests, count, options, context);
    for (std::size_t i = 0; i < count; ++i) {
      if (!requests[i].status.ok()) fence_->trip(path_, requests[i].offset, requests[i].status);
    }
    return status;
  }

 private:
  std::string path_;
  std::shared_ptr<Fence> fence_;
};

class ReadGuard::Fenced final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  Fenced(std::unique_ptr<rocksdb::FSWritableFile> file, std::shared_ptr<Fence> fence)
      : FSWritableFileOwnerWrapper(std::move(file)), fence_(std::move(fence)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* context) override {
    const IOStatus open = fence_->check();
    return open.ok() ? target()->Append(data, options, context) : open;
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& sums, IODebugContext* context) override {
    const IOStatus open = fence_->check();
    return open.ok() ? target()->Append(data, options, sums, context) : open;
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
    const IOStatus open = fence_->check();
    return open.ok() ? target()->Sync(options, context) : open;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
    const IOStatus open = fence_->check();
    return open.ok() ? target()->Fsync(options, context) : open;
  }

 private:
  std::shared_ptr<Fence> fence_;
};

ReadGuard::ReadGuard(const std::shared_ptr<rocksdb::FileSystem>& files,
                     std::shared_ptr<Failure> failure)
    : FileSystemWrapper(files), fence_(std::make_shared<Fence>()) {
  fence_->failure = std::move(failure);
}

IOStatus ReadGuard::NewRandomAccessFile(const std::string& path,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        IODebugContext* context) {
  IOStatus status = target()->NewRandomAccessFile(path, options, file, context);
  if (status.ok()) *file = std::make_unique<Watched>(std::move(*file), path, fence_);
  return status;
}

IOStatus ReadGuard::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    IODebugContext* context) {
  if (IOStatus open = fence_->check(); !open.ok()) return open;
  IOStatus status = target()->NewWritableFile(path, options, file, context);
  if (status.ok()) *file = std::make_unique<Fenced>(std::move(*file), fence_);
  return status;
}

IOStatus ReadGuard::RenameFile(const std::string& from, const std::string& to,
                               const IOOptions& options, IODebugContext* context) {
  const IOStatus open = fence_->check();
  return open.ok() ? target()->RenameFile(from, to, options, context) : open;
}

IOStatus ReadGuard::DeleteFile(const std::string& path, const IOOptions& options,
                               IODebugContext* context) {
  const IOStatus open = fence_->check();
  return open.ok() ? target()->DeleteFile(path, options, context) : open;
}

}  // namespace henge::engine

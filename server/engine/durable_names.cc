#include "server/engine/durable_names.h"

#include <string>
#include <utility>

namespace henge::engine {

namespace {

class DurableNames final : public rocksdb::FileSystemWrapper {
 public:
  explicit DurableNames(std::shared_ptr<rocksdb::FileSystem> files)
      : FileSystemWrapper(std::move(files)) {}
  const char* Name() const override { return "DurableNames"; }

  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
    const auto slash = from.find_last_of('/');
    const std::string above = slash == std::string::npos ? "." : from.substr(0, slash);
    std::unique_ptr<rocksdb::FSDirectory> directory;
    auto status = target()->NewDirectory(above, options, &directory, debug);
    if (status.ok()) status = directory->Fsync(options, debug);
    if (!status.ok()) return status;
    return target()->RenameFile(from, to, options, debug);
  }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> withDurableNames(std::shared_ptr<rocksdb::FileSystem> files) {
  if (!files) files = rocksdb::FileSystem::Default();
  return std::make_shared<DurableNames>(std::move(files));
}

}  // namespace henge::engine

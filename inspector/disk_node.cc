#include "inspector/disk_node.h"

#include <utility>

#include "server/engine/rocks_reader.h"
#include "server/runtime/directory_reader.h"

namespace henge::inspector {

namespace {

class DiskNode final : public StoppedNode {
 public:
  explicit DiskNode(runtime::DirectoryReader directory) : directory_(std::move(directory)) {}

  Result<Bytes> file(const std::string& path, std::uint64_t bytesMax) override {
    return directory_.read(path, 0, bytesMax);
  }
  Result<std::vector<ports::DirectoryEntry>> list(const std::string& directory) override {
    return directory_.list(directory);
  }
  Result<std::optional<Bytes>> storeGet(BytesView key) override {
    if (Status opened = openStore(); !opened) return opened.error();
    return store_->get(key);
  }
  Result<std::vector<ports::StoreEntry>> storeScan(BytesView from,
                                                   std::size_t entriesMax) override {
    if (Status opened = openStore(); !opened) return opened.error();
    return store_->scan(from, entriesMax);
  }

 private:
  Status openStore() {
    if (store_) return {};
    auto opened = engine::RocksReader::open(directory_.path() + "/store");
    if (!opened) return opened.error();
    store_ = std::move(*opened);
    return {};
  }

  runtime::DirectoryReader directory_;  // holds the lock: closed last
  std::optional<engine::RocksReader> store_;
};

}  // namespace

Result<std::unique_ptr<StoppedNode>> DiskNodeOpener::open(const std::string& directory) {
  auto opened = runtime::DirectoryReader::open(directory);
  if (!opened) return opened.error();
  return std::unique_ptr<StoppedNode>(std::make_unique<DiskNode>(std::move(*opened)));
}

}  // namespace henge::inspector

#include "tests/unit/inspector/fake_directory.h"

namespace henge::inspector::testing {

namespace {

// What a killed process leaves of its store, and of its files.
class FakeStoppedNode final : public StoppedNode {
 public:
  explicit FakeStoppedNode(const FakeDirectories& directories) : directories_(directories) {}

  Result<Bytes> file(const std::string& path, std::uint64_t bytesMax) override {
    const auto bytes = directories_.world.files.contents(path);
    if (bytes) return bytes->substr(0, bytesMax);
    return Error{ErrorKind::notFound, "cannot open " + path + ": No such file or directory"};
  }

  Result<std::vector<ports::DirectoryEntry>> list(const std::string& directory) override {
    std::vector<ports::DirectoryEntry> entries;
    for (const std::string& path : directories_.world.files.paths()) {
      const std::size_t slash = path.rfind('/');
      if (slash == std::string::npos || path.substr(0, slash) != directory) continue;
      entries.push_back({path.substr(slash + 1), file(path, whole)->size()});
    }
    if (entries.empty()) return Error{ErrorKind::notFound, "no " + directory};
    return entries;
  }

  Result<std::optional<Bytes>> storeGet(BytesView key) override {
    if (Status status = trouble(); !status) return status.error();
    const auto& held = directories_.world.store.persisted();
    const auto found = held.find(Bytes(key));
    return found == held.end() ? std::optional<Bytes>() : std::optional<Bytes>(found->second);
  }

  Result<std::vector<ports::StoreEntry>> storeScan(BytesView from,
                                                   std::size_t entriesMax) override {
    if (Status status = trouble(); !status) return status.error();
    std::vector<ports::StoreEntry> entries;
    const auto& held = directories_.world.store.persisted();
    for (auto at = held.lower_bound(Bytes(from)); at != held.end(); ++at) {
      if (entries.size() == entriesMax) break;
      entries.push_back({at->first, at->second});
    }
    return entries;
  }

 private:
  Status trouble() const {
    if (directories_.storeTrouble.empty()) return {};
    return Error{ErrorKind::corrupt, directories_.storeTrouble};
  }

  const FakeDirectories& directories_;
};

}  // namespace

FakeDirectories::FakeDirectories()
    : world(storage::smallOptions(),
            {.latency = {}, .answersCached = true, .unflushedBatchesMax = 1'000'000}) {
  storage::Identity identity;
  identity.cluster = storage::testOwner().cluster;
  identity.directory = storage::testOwner().directory;
  identity.node = NodeId{2};
  identity.boot = 3;
  world.files.put(storage::identityPath, storage::encode(identity));
}

Result<std::unique_ptr<StoppedNode>> FakeDirectories::open(const std::string& directory) {
  if (!inUse.empty()) return Error{ErrorKind::alreadyExists, inUse};
  if (directory != "n2") {
    return Error{ErrorKind::notFound, "cannot open " + directory + ": No such file or directory"};
  }
  return std::unique_ptr<StoppedNode>(std::make_unique<FakeStoppedNode>(*this));
}

}  // namespace henge::inspector::testing

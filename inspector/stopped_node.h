// What `log` and `verify` need of a stopped node's data directory: an interface, so that screens
// can be tested without one. The real one is inspector/disk_node.h.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "server/ports/disk.h"
#include "server/ports/store.h"

namespace henge::inspector {

// Read only; nobody else has it open. All calls block. Thread: one at a time.
class StoppedNode {
 public:
  virtual ~StoppedNode() = default;

  // The file's first bytes, at most so many; notFound: there is none.
  static constexpr std::uint64_t whole = std::numeric_limits<std::int64_t>::max();
  virtual Result<Bytes> file(const std::string& path, std::uint64_t bytesMax) = 0;
  virtual Result<std::vector<ports::DirectoryEntry>> list(const std::string& directory) = 0;

  // Of the store as it was persisted; notFound: there is no store.
  virtual Result<std::optional<Bytes>> storeGet(BytesView key) = 0;
  virtual Result<std::vector<ports::StoreEntry>> storeScan(BytesView from,
                                                           std::size_t entriesMax) = 0;
};

class NodeOpener {
 public:
  virtual ~NodeOpener() = default;
  // notFound: no such directory. alreadyExists: a process runs there, named.
  virtual Result<std::unique_ptr<StoppedNode>> open(const std::string& directory) = 0;
};

}  // namespace henge::inspector

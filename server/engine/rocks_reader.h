// A store that no process has open, read and not changed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "server/ports/store.h"

namespace henge::engine {

// What was persisted when the store was last left; nothing is written into its directory, not even
// a log of RocksDB's own. All calls block. Thread: any one at a time.
class RocksReader {
 public:
  // notFound: there is no store in the directory. corrupt, io: it cannot be opened.
  static Result<RocksReader> open(const std::string& directory);

  RocksReader(RocksReader&&) noexcept;
  RocksReader& operator=(RocksReader&&) noexcept;
  ~RocksReader();

  Result<std::optional<Bytes>> get(BytesView key);  // nullopt: not held
  // Up to `entriesMax` with from ≤ key, ascending; every block's checksum is looked at.
  Result<std::vector<ports::StoreEntry>> scan(BytesView from, std::size_t entriesMax);

 private:
  struct Impl;  // keeps RocksDB's headers out of this one
  explicit RocksReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace henge::engine

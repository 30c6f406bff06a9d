#pragma once

#include <memory>
#include <rocksdb/file_system.h>

namespace henge::engine {

// The same files, but nothing is renamed before the names in its directory are on the disk. RocksDB
// lets CURRENT name a manifest whose own name no sync has kept yet: a power cut that kept the one
// and lost the other would leave a store that cannot be opened. Null: the operating system's files.
// Thread: any.
std::shared_ptr<rocksdb::FileSystem> withDurableNames(std::shared_ptr<rocksdb::FileSystem> files);

}  // namespace henge::engine

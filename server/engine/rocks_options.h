#pragma once

#include <rocksdb/options.h>
#include <string>

#include "core/result.h"
#include "server/engine/rocks_store.h"

namespace henge::engine {

// Makes the store's directory, its name durable: were it lost in a crash, so were flushed batches
// whose log segments are gone.
Status makeStoreDirectory(const std::string& path);

// Precondition: the directory exists; RocksDB's own log is begun there.
rocksdb::Options rocksOptions(const EngineOptions& options);

}  // namespace henge::engine

#pragma once

#include <rocksdb/options.h>
#include <string>

#include "core/result.h"
#include "server/engine/rocks_store.h"

namespace henge::engine {

rocksdb::Options rocksOptions(const EngineOptions& options);

// Makes the store's directory, its name durable: were it lost in a crash, so were flushed batches
// whose log segments are gone.
Status makeStoreDirectory(const std::string& path);

}  // namespace henge::engine

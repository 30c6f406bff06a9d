// The cluster file: the same on all nodes (docs/format/cluster_file.md).
#pragma once

#include <string>

#include "core/cluster.h"
#include "core/result.h"

namespace henge::app {

// Reads and validates. Unknown names, missing ones and wrong types are refused by name (mismatch).
Result<Cluster> readClusterFile(const std::string& path);
Result<Cluster> parseClusterFile(const std::string& text, const std::string& path);

}  // namespace henge::app

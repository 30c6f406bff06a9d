// A stopped node's directory in memory: what a real shard left behind on a fake disk.
#pragma once

#include <memory>
#include <string>

#include "inspector/stopped_node.h"
#include "server/storage/identity.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::inspector::testing {

class FakeDirectories final : public NodeOpener {
 public:
  FakeDirectories();

  Result<std::unique_ptr<StoppedNode>> open(const std::string& directory) override;

  storage::ShardWorld world;
  std::string inUse;         // not empty: why it cannot be opened
  std::string storeTrouble;  // not empty: why the store cannot be read
};

}  // namespace henge::inspector::testing

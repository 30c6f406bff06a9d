// A shard whose log holds what its store does not, and ways to damage it.
#pragma once

#include <gtest/gtest.h>
#include <string>

#include "server/storage/segment_names.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {

inline std::string pathOf(std::uint64_t id) { return "log/0/" + segmentName(id); }

// Four segments or so, none of them in the store.
inline void fillLog(ShardWorld& world, int records = 50) {
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < records; ++i) {
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i), 1 + i, Bytes(200, 'x'))));
    world.settle(2_ms);
  }
  world.settle(200_ms);  // the mark
  world.die(0);
}

inline MemoryStoreOptions neverPersisting() {
  return {.latency = {}, .answersCached = true, .unflushedBatchesMax = 1'000'000};
}

inline void flip(ShardWorld& world, std::uint64_t id, std::size_t at) {
  Bytes file = *world.files.contents(pathOf(id));
  file[at] = static_cast<char>(file[at] ^ 1);
  world.files.put(pathOf(id), file);
}

}  // namespace henge::storage

#include "server/storage/fence_scan.h"

#include <gtest/gtest.h>

#include "server/storage/memory_store.h"
#include "server/storage/record_codec.h"
#include "server/storage/store_keys.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {
namespace {

class FenceScanTest : public ::testing::Test, public FenceScanSink {
 protected:
  void onFenceScanned(Status status) override { told = std::move(status); }
  void scan() {
    FenceScan scan(options, store, fence, *this);
    scan.start();
    loop.run();
  }

  StorageOptions options = smallOptions();
  kit::VirtualLoop loop;
  MemoryStore store{loop, loop, {}};
  Fence fence;
  std::optional<Status> told;
};

TEST_F(FenceScanTest, RaisesItToEveryRowOfManyPagesAndWritesIt) {
  MemoryStore::Map rows;
  for (int i = 0; i < 2500; ++i) {
    const Record record = recordOf("k" + std::to_string(i), 100 + i);
    rows[dataKey(record.key)] = encodeRow(record);
  }
  store.replaceAll(rows);
  fence.raise("other", {9000, 1});
  scan();
  ASSERT_TRUE(told && told->ok());
  for (int i = 0; i < 2500; ++i)
    ASSERT_GE(fence.of("k" + std::to_string(i)), (Version{100 + i, 7})) << i;
  EXPECT_EQ(fence.of("other"), (Version{9000, 1})) << "it never falls";
  const auto kept = decodeFence(store.visible().at(fenceKey(0)));
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(*kept, fence);
}

TEST_F(FenceScanTest, AnEmptyStoreHasNothingToSay) {
  scan();
  ASSERT_TRUE(told && told->ok());
  EXPECT_TRUE(fence.highest().isNone());
}

TEST_F(FenceScanTest, ARowThatCannotBeReadIsAnError) {
  store.replaceAll({{dataKey("k"), "no row"}});
  scan();
  ASSERT_TRUE(told);
  EXPECT_FALSE(told->ok());
}

}  // namespace
}  // namespace henge::storage

#include "tests/proofs/crash/rocks_files.h"

#include <gtest/gtest.h>

#include "tests/kit/fake_files.h"
#include "tests/kit/temp_directory.h"
#include "tests/unit/engine/store_bench.h"

namespace henge::proofs {
namespace {

// A store in memory; what RocksDB tells people lies in a real directory.
struct Store {
  Store() {
    EXPECT_TRUE(files.makeDirectory("store").ok());
    files.syncDirectory("");
  }
  engine::EngineOptions options() {
    auto options = engine::smallEngine(root / "store");
    options.fileSystem = rocksFilesOn(files, root.path());
    return options;
  }
  kit::TempDirectory root;
  kit::FakeFiles files;
};

TEST(RocksFiles, HoldWhatAPowerCutKeepsOfAStore) {
  Store store;
  {
    engine::StoreBench bench(store.options());
    bench.write({{"a", "1"}});
    ASSERT_TRUE(bench.flush().status.ok());
    bench.write({{"b", "2"}});
  }
  store.files.powerCut();
  engine::StoreBench bench(store.options());
  EXPECT_EQ(bench.get("a").value, "1");
  EXPECT_EQ(bench.get("b").value, std::nullopt);
}

TEST(RocksFiles, AreReadBackThroughManyFlushesAndCompactions) {
  Store store;
  {
    engine::StoreBench bench(store.options());
    for (int n = 0; n < 30; ++n) {
      bench.write({{"key " + std::to_string(n % 7), Bytes(1000, static_cast<char>('a' + n % 26))}});
      ASSERT_TRUE(bench.flush().status.ok());
    }
  }
  engine::StoreBench bench(store.options());
  EXPECT_EQ(bench.scan("", "").entries.size(), 7U);
  EXPECT_EQ(bench.get("key 1").value, Bytes(1000, 'd'));  // of n = 29
  EXPECT_TRUE(bench.failures().empty());
}

TEST(RocksFiles, LieBelowTheRootAndNowhereElse) {
  Store store;
  engine::StoreBench bench(store.options());
  EXPECT_TRUE(store.files.peek("store/CURRENT") != nullptr);
  EXPECT_FALSE(std::filesystem::exists(store.root / "store/CURRENT"));
}

}  // namespace
}  // namespace henge::proofs

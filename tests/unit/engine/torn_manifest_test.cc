// A power cut amid RocksDB's write into its manifest: what that write would have said was told to
// nobody, and the store stands where it stood before.
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

#include "server/engine/rocks_reader.h"
#include "tests/kit/temp_directory.h"
#include "tests/unit/engine/store_bench.h"

namespace henge::engine {
namespace {

std::string manifestIn(const std::string& directory) {
  std::string newest;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.path().filename().string().starts_with("MANIFEST-"))
      newest = std::max(newest, entry.path().string());
  return newest;
}

// A store with a=1 flushed; then a=2 flushed, and of the manifest's bytes about that the first half
// and zeroes in the place of the rest, as a file system leaves them that knew the size.
void tearManifest(const std::string& directory) {
  StoreBench bench(smallEngine(directory));
  bench.write({{"a", "1"}});
  EXPECT_TRUE(bench.flush().status.ok());
  const std::string manifest = manifestIn(directory);
  const std::string before = kit::contentsOf(manifest);
  bench.write({{"a", "2"}});
  EXPECT_TRUE(bench.flush().status.ok());
  std::string after = kit::contentsOf(manifest);
  bench.close();
  ASSERT_TRUE(after.starts_with(before));
  const std::size_t half = before.size() + (after.size() - before.size()) / 2;
  std::fill(after.begin() + static_cast<std::ptrdiff_t>(half), after.end(), '\0');
  kit::writeFile(manifest, after);
}

TEST(TornManifest, LeavesTheStoreAsItWasBefore) {
  const kit::TempDirectory root;
  tearManifest(root / "store");
  StoreBench bench(smallEngine(root / "store"));
  EXPECT_EQ(bench.get("a").value, "1");
  EXPECT_EQ(bench.getPersisted("a").value, "1");
}

TEST(TornManifest, IsReadByWhoeverLooksOnAsTheServerReadsIt) {
  const kit::TempDirectory root;
  tearManifest(root / "store");
  auto reader = RocksReader::open(root / "store");
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  EXPECT_EQ(reader->get("a").value(), "1");
}

TEST(TornManifest, IsMendedForGood) {
  const kit::TempDirectory root;
  tearManifest(root / "store");
  StoreBench bench(smallEngine(root / "store"));
  bench.write({{"b", "3"}});
  EXPECT_TRUE(bench.flush().status.ok());
  ASSERT_TRUE(bench.open().ok());
  EXPECT_EQ(bench.get("a").value, "1");
  EXPECT_EQ(bench.get("b").value, "3");
}

}  // namespace
}  // namespace henge::engine

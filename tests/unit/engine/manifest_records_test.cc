#include "server/engine/manifest_records.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <set>

#include "tests/kit/temp_directory.h"
#include "tests/unit/engine/store_bench.h"

namespace henge::engine {
namespace {

// What RocksDB itself wrote: several changes, one of them longer than a block.
Bytes realManifest() {
  const kit::TempDirectory root;
  StoreBench bench(smallEngine(root / "store"));
  for (int n = 0; n < 6; ++n) {
    bench.write({{Bytes(n == 3 ? 40'000 : 20, static_cast<char>('a' + n)), "value"}});
    EXPECT_TRUE(bench.flush().status.ok());
  }
  for (const auto& entry : std::filesystem::directory_iterator(root / "store"))
    if (entry.path().filename().string().starts_with("MANIFEST-"))
      return kit::contentsOf(entry.path());
  return "";
}

TEST(ManifestRecords, OfAManifestThatIsWholeAreAllOfIt) {
  const Bytes manifest = realManifest();
  ASSERT_GT(manifest.size(), 80'000U);
  EXPECT_EQ(wholeRecordsOf(manifest), manifest.size());
}

TEST(ManifestRecords, OfAnyBeginningAreTheWholeOnesInIt) {
  const Bytes manifest = realManifest();
  std::size_t before = 0;
  std::set<std::size_t> ends;
  for (std::size_t length = 0; length <= manifest.size(); length += length < 2000 ? 1 : 97) {
    const std::size_t whole = wholeRecordsOf(BytesView(manifest).substr(0, length));
    ASSERT_LE(whole, length);
    ASSERT_GE(whole, before);
    before = whole;
    ends.insert(whole);
  }
  EXPECT_GT(ends.size(), 5U);
}

TEST(ManifestRecords, EndBeforeTheFirstFlippedBit) {
  const Bytes manifest = realManifest();
  for (std::size_t at = 0; at < manifest.size(); at += 131) {
    Bytes flipped = manifest;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    const std::size_t whole = wholeRecordsOf(flipped);
    // A type that nobody knows is left to RocksDB; a bit in the fill of a block means nothing.
    ASSERT_TRUE(whole <= at || whole == manifest.size()) << at;
  }
}

TEST(ManifestRecords, ZeroesAtTheEndAreNone) {
  const Bytes manifest = realManifest();
  EXPECT_EQ(wholeRecordsOf(manifest + Bytes(100, '\0')), manifest.size());
  EXPECT_EQ(wholeRecordsOf(Bytes(100, '\0')), 0U);
  EXPECT_EQ(wholeRecordsOf(""), 0U);
}

TEST(ManifestRecords, OfAnUnknownKindAreLeftToRocksDb) {
  Bytes manifest = realManifest();
  manifest[6] = 17;
  EXPECT_EQ(wholeRecordsOf(manifest), manifest.size());
}

}  // namespace
}  // namespace henge::engine

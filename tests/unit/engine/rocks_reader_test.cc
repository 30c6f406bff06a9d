#include "server/engine/rocks_reader.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>

#include "tests/kit/temp_directory.h"
#include "tests/unit/engine/store_bench.h"

namespace henge::engine {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> treeOf(const std::string& root) {
  std::map<std::string, std::string> tree;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const bool file = entry.is_regular_file();
    tree[entry.path()] = file ? kit::contentsOf(entry.path()) : "directory";
  }
  return tree;
}

// A store with 50 flushed entries and one that was lost with its process.
void makeStore(const std::string& directory) {
  StoreBench bench(smallEngine(directory));
  ports::StoreBatch batch;
  for (int i = 10; i < 60; ++i) batch.push_back({"k" + std::to_string(i), std::to_string(i)});
  ASSERT_TRUE(bench.write(batch).status.ok());
  ASSERT_TRUE(bench.flush().status.ok());
  ASSERT_TRUE(bench.write({{"lost", "with the process"}}).status.ok());
}

TEST(RocksReader, ReadsWhatWasPersisted) {
  const kit::TempDirectory root;
  makeStore(root / "store");
  auto reader = RocksReader::open(root / "store");
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  EXPECT_EQ(*reader->get("k10"), std::optional<Bytes>("10"));
  EXPECT_EQ(*reader->get("lost"), std::nullopt);
  auto page = reader->scan("k20", 3);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->size(), 3u);
  EXPECT_EQ(page->at(0).key, "k20");
  EXPECT_EQ(page->at(2).value, std::optional<Bytes>("22"));
  EXPECT_EQ(reader->scan("k", 1000)->size(), 50u);
}

TEST(RocksReader, ChangesNoByteOfTheDirectory) {
  const kit::TempDirectory root;
  makeStore(root / "store");
  const auto before = treeOf(root.path());
  {
    auto reader = RocksReader::open(root / "store");
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ(reader->scan("", 1000)->size(), 50u);
  }
  EXPECT_EQ(treeOf(root.path()), before);
}

TEST(RocksReader, WithoutAStoreItSaysSoAndMakesNone) {
  const kit::TempDirectory root;
  const auto reader = RocksReader::open(root / "store");
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().kind, ErrorKind::notFound);
  EXPECT_FALSE(fs::exists(root / "store"));
}

TEST(RocksReader, ABitThatHasChangedIsNotReadOver) {
  const kit::TempDirectory root;
  makeStore(root / "store");
  for (const auto& entry : fs::directory_iterator(root / "store")) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(20);
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(20);
    file.put(byte);
  }
  auto reader = RocksReader::open(root / "store");
  ASSERT_TRUE(reader.ok());
  const auto page = reader->scan("", 1000);
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace henge::engine

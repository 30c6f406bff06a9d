// Snapshots, the lock, the watch and damage.
#include "tests/kit/fake_files.h"

#include <algorithm>
#include <bit>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kit/disk_bench.h"

namespace henge::kit {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST(FakeFiles, ACopyIsASnapshotAndAssigningItRestores) {
  DiskBench bench(filesOf({{"f", "a"}}));
  bench.write("f", 0, sectorsOf("b"));
  bench.settle();
  const FakeFiles snapshot = bench.files;
  bench.files.setCapacity(100);
  bench.write("f", 0, sectorsOf("c"));
  bench.sync("f");
  bench.settle();
  EXPECT_EQ(sightOf(snapshot), "f=b");
  bench.files = snapshot;
  EXPECT_EQ(sightOf(bench.files), "f=b");
  bench.create("g", 1000);
  EXPECT_EQ(bench.settle().status.error().kind, ErrorKind::diskFull) << "capacity is the disk's";
  bench.files.powerCut();
  EXPECT_EQ(sightOf(bench.files), "f=a") << "what was pending is in the snapshot too";
}

TEST(FakeFiles, WipedItIsEmpty) {
  FakeFiles files = filesOf({{"d/f", "a"}});
  files.wipe();
  EXPECT_EQ(sightOf(files), "");
  EXPECT_FALSE(files.list("d").ok());
}

TEST(FakeFiles, TheLockEndsWithItsProcess) {
  FakeFiles files;
  sim::Chance chance(1);
  const auto isFree = [&files] { return files.tryLock(); };
  EXPECT_TRUE(isFree());
  EXPECT_FALSE(isFree());
  files.unlock();
  EXPECT_TRUE(isFree());
  files.killed(chance);
  EXPECT_TRUE(isFree());
  files.powerCut(chance);
  EXPECT_TRUE(isFree());
  files.powerCut();
  EXPECT_TRUE(isFree());
}

TEST(FakeFiles, WhatIsDurableCanBeSeenBeforeACut) {
  DiskBench bench(filesOf({{"f", "a"}}));
  bench.write("f", 0, sectorsOf("b"));
  bench.settle();
  EXPECT_EQ(lettersOf(*bench.files.peekDurable("f")), "a");
  bench.sync("f");
  bench.settle();
  EXPECT_EQ(lettersOf(*bench.files.peekDurable("f")), "b");
  EXPECT_EQ(bench.files.peekDurable("g"), nullptr);
}

struct Noting final : FileWatch {
  void onWritten(const std::string& path, std::uint64_t offset, BytesView bytes) override {
    lines.push_back("written " + path + " " + std::to_string(offset) + " " + Bytes(bytes));
  }
  void onResized(const std::string& path, std::uint64_t bytes) override {
    lines.push_back("resized " + path + " " + std::to_string(bytes));
  }
  void onSynced(const std::string& path) override { lines.push_back("synced " + path); }
  void onRenamed(const std::string& from, const std::string& to) override {
    lines.push_back("renamed " + from + " " + to);
  }
  void onRemoved(const std::string& path) override { lines.push_back("removed " + path); }
  void onNamesSynced(const std::string& directory) override {
    lines.push_back("names " + directory);
  }
  void onCut() override { lines.emplace_back("cut"); }
  std::vector<std::string> lines;
};

TEST(FakeFiles, TheWatchSeesTheStepsInTheirOrder) {
  Noting watch;
  DiskBench bench(filesOf({{"d/f", "a"}}));
  bench.files.setWatch(&watch);
  bench.disk.replace(bench.next(), bench, "d/f", "new");
  bench.write("d/f", 1, "x");
  bench.sync("d/f");
  bench.disk.rename(bench.next(), bench, "d/f", "g");
  bench.disk.truncate(bench.next(), bench, "g", 1);
  bench.disk.remove(bench.next(), bench, "g");
  bench.settle();
  bench.files.powerCut();
  EXPECT_THAT(watch.lines,
              ElementsAre("resized d/f.new 0", "written d/f.new 0 new", "synced d/f.new",
                          "renamed d/f.new d/f", "names d", "written d/f 1 x", "synced d/f",
                          "renamed d/f g", "names ", "names d", "resized g 1", "synced g",
                          "removed g", "names ", "cut"));
}

TEST(FakeFiles, NoOneWatchesASnapshot) {
  Noting watch;
  FakeFiles files = filesOf({{"f", "a"}});
  files.setWatch(&watch);
  FakeFiles snapshot = files;
  snapshot.powerCut();
  EXPECT_TRUE(watch.lines.empty());
}

// Every outcome of one kind of damage, as it is read and after a power cut.
Sights damaged(const FakeFiles& before, Damage kind) {
  Sights sights;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    FakeFiles files = before;
    sim::Chance chance(seed);
    const bool changed = files.damage("f", chance, kind);
    EXPECT_EQ(changed, sightOf(files) != sightOf(before)) << seed;
    const std::string read = sightOf(files);
    files.powerCut();
    EXPECT_EQ(sightOf(files), read) << "damage is to the disk";
    sights.insert(read);
  }
  return sights;
}

TEST(FakeFiles, SectorsAreDamaged) {
  const FakeFiles files = filesOf({{"f", "ab."}, {"g", "cd"}});
  EXPECT_THAT(damaged(files, Damage::zeroSector),
              UnorderedElementsAre("f=.b. g=cd", "f=a.. g=cd", "f=ab. g=cd"));
  EXPECT_THAT(damaged(files, Damage::misdirectedSector),
              UnorderedElementsAre("f=cb. g=cd", "f=ad. g=cd", "f=ab. g=cd"));
  EXPECT_THAT(damaged(files, Damage::removeFile), UnorderedElementsAre("g=cd"));
}

TEST(FakeFiles, AStaleSectorHoldsWhatItHeldBefore) {
  DiskBench bench(filesOf({{"f", "ab"}, {"g", "cc"}}));
  bench.write("f", 512, sectorsOf("B"));
  bench.sync("f");
  bench.settle();
  EXPECT_THAT(damaged(bench.files, Damage::staleSector), UnorderedElementsAre("f=ab g=cc"));
  EXPECT_THAT(damaged(filesOf({{"f", "ab"}, {"g", "cc"}}), Damage::staleSector),
              UnorderedElementsAre("f=cb g=cc", "f=ac g=cc"));
}

TEST(FakeFiles, AFileIsCutShort) {
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    FakeFiles files;
    files.put("f", "0123456789");
    sim::Chance chance(seed);
    EXPECT_TRUE(files.damage("f", chance, Damage::truncate));
    sizes.insert(files.peek("f")->size());
    EXPECT_TRUE(Bytes("0123456789").starts_with(*files.peekDurable("f")));
  }
  EXPECT_EQ(sizes.size(), 10U);
  EXPECT_EQ(*sizes.rbegin(), 9U);
}

TEST(FakeFiles, BitsFlipWithinTheRange) {
  const Bytes before(100, 'x');
  std::set<std::size_t> flipped;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    FakeFiles files;
    files.put("f", before);
    sim::Chance chance(seed);
    EXPECT_TRUE(files.flipBits("f", 40, 50, chance));
    const Bytes after = *files.contents("f");
    const auto at = std::ranges::mismatch(before, after).in1 - before.begin();
    const auto bits = static_cast<unsigned char>(before.at(static_cast<std::size_t>(at)) ^
                                                 after.at(static_cast<std::size_t>(at)));
    EXPECT_TRUE(std::has_single_bit(bits));
    EXPECT_EQ(before.substr(static_cast<std::size_t>(at) + 1),
              after.substr(static_cast<std::size_t>(at) + 1));
    EXPECT_EQ(*files.peekDurable("f"), after);
    flipped.insert(static_cast<std::size_t>(at));
  }
  EXPECT_EQ(flipped.size(), 10U);
  EXPECT_EQ(*flipped.begin(), 40U);
  sim::Chance chance(1);
  FakeFiles none;
  EXPECT_FALSE(none.flipBits("f", 0, 10, chance));
}

TEST(FakeFiles, TwoFilesAreSwapped) {
  FakeFiles files = filesOf({{"a", "x"}, {"b", "yy"}});
  EXPECT_TRUE(files.swapFiles("a", "b"));
  EXPECT_FALSE(files.swapFiles("a", "c"));
  files.powerCut();
  EXPECT_EQ(sightOf(files), "a=yy b=x");
}

}  // namespace
}  // namespace henge::kit

// What a power cut may leave of each call, and that it leaves all of that: every legal state is
// reached by some seed and no other one by any.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kit/disk_bench.h"

namespace henge::kit {
namespace {

using testing::UnorderedElementsAre;

// What comes after the end of a call is not left to chance.
void expectKept(const FakeFiles& before, const Act& act, const std::string& sight) {
  const Act ended = [&act](DiskBench& bench) {
    act(bench);
    ASSERT_TRUE(bench.settle().status.ok());
  };
  EXPECT_THAT(sightsAfterCut(before, ended), UnorderedElementsAre(sight));
  EXPECT_THAT(sightsAfterKill(before, ended), UnorderedElementsAre(sight));
  DiskBench bench(before);
  ended(bench);
  bench.files.powerCut();
  EXPECT_EQ(sightOf(bench.files), sight);
}

TEST(PowerCut, AmidCreate) {
  const Act act = [](DiskBench& bench) { bench.create("f", 1024); };
  EXPECT_THAT(sightsAfterCut({}, act), UnorderedElementsAre("", "f=", "f=.", "f=.."));
  EXPECT_THAT(sightsAfterKill({}, act), UnorderedElementsAre("", "f=", "f=.."));
  expectKept({}, act, "f=..");
}

TEST(PowerCut, AmidCreateMayShowWhatARemovedFileHeld) {
  FakeFiles before = filesOf({{"gone", "RR"}});
  before.erase("gone");
  const Act act = [](DiskBench& bench) { bench.create("f", 1024); };
  EXPECT_THAT(sightsAfterCut(before, act),
              UnorderedElementsAre("", "f=", "f=.", "f=..", "f=R.", "f=.R", "f=RR"));
  expectKept(before, act, "f=..");
}

TEST(PowerCut, AmidAWriteTearsItAtSectors) {
  const FakeFiles before = filesOf({{"f", "aaa"}});
  const Act act = [](DiskBench& bench) { bench.write("f", 512, sectorsOf("bc")); };
  EXPECT_THAT(sightsAfterCut(before, act),
              UnorderedElementsAre("f=aaa", "f=aba", "f=aac", "f=abc"));
  EXPECT_THAT(sightsAfterKill(before, act), UnorderedElementsAre("f=aaa", "f=abc"));
}

TEST(PowerCut, AmidAWriteThatGrows) {
  const Act act = [](DiskBench& bench) { bench.write("f", 512, sectorsOf("bc")); };
  EXPECT_THAT(sightsAfterCut(filesOf({{"f", "a"}}), act),
              UnorderedElementsAre("f=a", "f=ab", "f=abc", "f=a.c", "f=a..", "f=ab."));
}

TEST(PowerCut, OfAFileThatWasSyncedOnceShowsNothingOfAnother) {
  FakeFiles before = filesOf({{"f", "a"}, {"gone", "RRRR"}});
  before.erase("gone");
  const Act act = [](DiskBench& bench) { bench.write("f", 512, sectorsOf("bc")); };
  EXPECT_THAT(sightsAfterCut(before, act),
              UnorderedElementsAre("f=a", "f=ab", "f=abc", "f=a.c", "f=a..", "f=ab."));
}

TEST(PowerCut, KeepsLaterWritesWithoutEarlierOnes) {
  const FakeFiles before = filesOf({{"f", "ab"}});
  const Act act = [](DiskBench& bench) {
    bench.write("f", 0, sectorsOf("c"));
    bench.write("f", 0, sectorsOf("d"));
    bench.write("f", 512, sectorsOf("e"));
    bench.settle();
  };
  EXPECT_THAT(sightsAfterCut(before, act),
              UnorderedElementsAre("f=ab", "f=cb", "f=db", "f=ae", "f=ce", "f=de"));
  EXPECT_THAT(sightsAfterKill(before, act), UnorderedElementsAre("f=de"));
}

// A sector on the disk is what it was in memory at one moment.
TEST(PowerCut, NeverMixesALaterWriteOfASectorWithWhatWasThereBeforeAnEarlierOne) {
  std::set<Bytes> seen;
  for (std::uint64_t seed = 0; seed < seedsOfEach; ++seed) {
    DiskBench bench(filesOf({{"f", "a"}}));
    bench.write("f", 0, Bytes(100, 'b'));
    bench.write("f", 100, Bytes(100, 'c'));
    bench.settle();
    sim::Chance chance(seed);
    bench.files.powerCut(chance);
    seen.insert(*bench.files.contents("f"));
  }
  const Bytes neither = sectorsOf("a");
  const Bytes first = Bytes(100, 'b') + neither.substr(100);
  const Bytes both = Bytes(100, 'b') + Bytes(100, 'c') + neither.substr(200);
  EXPECT_THAT(seen, UnorderedElementsAre(neither, first, both));
}

TEST(PowerCut, AmidASyncIsAsBeforeIt) {
  const FakeFiles before = filesOf({{"f", "aa"}});
  const Act act = [](DiskBench& bench) {
    bench.write("f", 0, sectorsOf("bc"));
    bench.settle();
    bench.sync("f");
  };
  EXPECT_THAT(sightsAfterCut(before, act), UnorderedElementsAre("f=aa", "f=ba", "f=ac", "f=bc"));
  expectKept(before, act, "f=bc");
}

TEST(PowerCut, AfterASyncLosesOnlyWhatCameLater) {
  const Act act = [](DiskBench& bench) {
    bench.write("f", 0, sectorsOf("b"));
    bench.sync("f");
    bench.write("f", 512, sectorsOf("c"));
    bench.settle();
  };
  EXPECT_THAT(sightsAfterCut(filesOf({{"f", "aa"}}), act), UnorderedElementsAre("f=ba", "f=bc"));
}

TEST(PowerCut, AmidReplace) {
  const Act act = [](DiskBench& bench) {
    bench.disk.replace(bench.next(), bench, "f", sectorsOf("n"));
  };
  EXPECT_THAT(sightsAfterCut({}, act),
              UnorderedElementsAre("", "f.new=", "f.new=.", "f.new=n", "f=n"));
  EXPECT_THAT(sightsAfterCut(filesOf({{"f", "o"}}), act),
              UnorderedElementsAre("f=o", "f=o f.new=", "f=o f.new=.", "f=o f.new=n", "f=n"));
  EXPECT_THAT(sightsAfterKill(filesOf({{"f", "o"}}), act),
              UnorderedElementsAre("f=o", "f=o f.new=", "f=o f.new=n", "f=n"));
  expectKept(filesOf({{"f", "o"}}), act, "f=n");
  expectKept(filesOf({{"f", "o"}, {"f.new", "xx"}}), act, "f=n");
}

TEST(PowerCut, AmidRename) {
  const Act act = [](DiskBench& bench) { bench.disk.rename(bench.next(), bench, "a", "d/b"); };
  EXPECT_THAT(sightsAfterCut(filesOf({{"a", "x"}, {"d/b", "y"}}), act),
              UnorderedElementsAre("a=x d/b=y", "d/b=x"));
  expectKept(filesOf({{"a", "x"}, {"d/c", "z"}}), act, "d/b=x d/c=z");
}

// The way a segment of the log is made: its name is that of a whole file.
TEST(PowerCut, AmidCreateAndRename) {
  const Act act = [](DiskBench& bench) {
    bench.create("new", 1024);
    bench.disk.rename(bench.next(), bench, "new", "segment");
  };
  EXPECT_THAT(sightsAfterCut({}, act),
              UnorderedElementsAre("", "new=", "new=.", "new=..", "segment=.."));
  expectKept({}, act, "segment=..");
}

TEST(PowerCut, AmidRemove) {
  const Act act = [](DiskBench& bench) { bench.disk.remove(bench.next(), bench, "a"); };
  EXPECT_THAT(sightsAfterCut(filesOf({{"a", "x"}}), act), UnorderedElementsAre("", "a=x"));
  expectKept(filesOf({{"a", "x"}, {"b", "y"}}), act, "b=y");
}

TEST(PowerCut, AmidTruncate) {
  const Act shorter = [](DiskBench& bench) { bench.disk.truncate(bench.next(), bench, "a", 512); };
  const Act longer = [](DiskBench& bench) { bench.disk.truncate(bench.next(), bench, "a", 2048); };
  const FakeFiles before = filesOf({{"a", "xyz"}});
  EXPECT_THAT(sightsAfterCut(before, shorter), UnorderedElementsAre("a=xyz", "a=x"));
  EXPECT_THAT(sightsAfterCut(before, longer), UnorderedElementsAre("a=xyz", "a=xyz."));
  expectKept(before, shorter, "a=x");
  expectKept(before, longer, "a=xyz.");
}

TEST(PowerCut, AmidMakeDirectoryLeavesNoneOrOneOrBoth) {
  std::set<std::pair<bool, bool>> seen;
  const auto look = [&seen](const FakeFiles& files) {
    seen.insert({files.list("d").ok(), files.list("d/e").ok()});
  };
  for (std::uint64_t seed = 0; seed < seedsOfEach; ++seed) {
    DiskBench bench;
    bench.disk.makeDirectory(bench.next(), bench, "d/e");
    sim::Chance chance(seed);
    bench.files.powerCut(chance);
    look(bench.files);
  }
  EXPECT_THAT(seen, UnorderedElementsAre(std::pair(false, false), std::pair(true, false),
                                         std::pair(true, true)));
  DiskBench bench;
  bench.disk.makeDirectory(bench.next(), bench, "d/e");
  EXPECT_TRUE(bench.settle().status.ok());
  bench.files.powerCut();
  EXPECT_TRUE(bench.files.list("d/e").ok());
}

// One lane goes on while the other waits; each comes as far as it comes.
TEST(PowerCut, AmidCallsOfBothLanes) {
  const Act act = [](DiskBench& bench) {
    bench.disk.remove(bench.next(), bench, "a");
    bench.side.remove(bench.next(), bench, "b");
  };
  EXPECT_THAT(sightsAfterCut(filesOf({{"a", "x"}, {"b", "y"}}), act),
              UnorderedElementsAre("a=x b=y", "a=x", "b=y", ""));
}

TEST(PowerCut, EndsCallsForGood) {
  DiskBench bench(filesOf({{"f", "a"}}));
  bench.write("f", 0, sectorsOf("b"));
  bench.files.powerCut();
  bench.loop.run();
  EXPECT_TRUE(bench.ends.empty());
  EXPECT_EQ(lettersOf(bench.read("f")), "a");
}

TEST(PowerCut, LeavesNoHasteToTheCallsAfterIt) {
  DiskBench bench(filesOf({{"f", "a"}}));
  bench.disk.setLatency(1_ms);
  bench.sync("f");
  bench.loop.runFor(900_us);
  bench.files.powerCut();
  const MonoTime asked = bench.loop.now();
  bench.sync("f");
  bench.settle();
  ASSERT_EQ(bench.ends.size(), 1U);
  EXPECT_EQ(bench.ends.front().at - asked, 1_ms);
}

TEST(PowerCut, ReachesCallsWhoseDiskHasGone) {
  Sights sights;
  for (std::uint64_t seed = 0; seed < seedsOfEach; ++seed) {
    VirtualLoop loop;
    FakeFiles files = filesOf({{"a", "x"}});
    DiskBench sink;
    {
      FakeDisk disk(files, loop, loop);
      disk.remove(OpId{1}, sink, "a");
    }
    sim::Chance chance(seed);
    files.powerCut(chance);
    sights.insert(sightOf(files));
  }
  EXPECT_THAT(sights, UnorderedElementsAre("a=x", ""));
}

TEST(PowerCut, TheNextDiskFindsWhatIsLeftOfTheLastUntouched) {
  VirtualLoop loop;
  FakeFiles files = filesOf({{"a", "x"}});
  DiskBench sink;
  {
    FakeDisk disk(files, loop, loop);
    disk.remove(OpId{1}, sink, "a");
  }
  const FakeDisk next(files, loop, loop);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    sim::Chance chance(seed);
    files.powerCut(chance);
    EXPECT_EQ(sightOf(files), "a=x");
  }
}

TEST(Kill, KeepsInMemoryWhatOnlyThePowerTakes) {
  DiskBench bench(filesOf({{"f", "aa"}}));
  bench.write("f", 0, sectorsOf("b"));
  bench.settle();
  sim::Chance chance(1);
  bench.files.killed(chance);
  EXPECT_EQ(lettersOf(bench.read("f")), "ba");
  bench.files.powerCut();
  EXPECT_EQ(lettersOf(bench.read("f")), "aa");
}

// fdatasync is of the file, whoever wrote it.
TEST(Kill, TheNextProcessSyncsWhatTheLastOneWrote) {
  DiskBench bench(filesOf({{"f", "a"}}));
  bench.write("f", 0, sectorsOf("b"));
  bench.settle();
  sim::Chance chance(1);
  bench.files.killed(chance);
  bench.sync("f");
  bench.settle();
  bench.files.powerCut();
  EXPECT_EQ(sightOf(bench.files), "f=b");
}

TEST(Kill, OfOneDiskHasMadeItsWrites) {
  DiskBench bench(filesOf({{"f", "aa"}}));
  bench.write("f", 0, sectorsOf("b"));
  bench.sync("f");
  bench.disk.kill();
  bench.loop.run();
  EXPECT_TRUE(bench.ends.empty());
  EXPECT_EQ(lettersOf(bench.read("f")), "ba");
  bench.files.powerCut();
  EXPECT_EQ(sightOf(bench.files), "f=aa");
}

}  // namespace
}  // namespace henge::kit

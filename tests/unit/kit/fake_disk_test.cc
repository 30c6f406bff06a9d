// Time, order and faults of the fake disk.
#include "tests/kit/fake_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kit/disk_bench.h"

namespace henge::kit {
namespace {

using testing::ElementsAre;

const Error badSector{ErrorKind::io, "bad sector"};

std::vector<std::int64_t> endsIn(const DiskBench& bench, MonoTime start) {
  std::vector<std::int64_t> micros;
  for (const auto& end : bench.ends) micros.push_back((end.at - start).micros);
  return micros;
}

TEST(FakeDisk, EndsInTheOrderOfTheCallsOneLatencyAfterTheOther) {
  DiskBench bench(filesOf({{"f", "a"}}));
  const MonoTime start = bench.loop.now();
  bench.write("f", 0, "x");
  bench.sync("f");
  bench.side.list(bench.next(), bench, "");
  bench.settle();
  bench.sync("f");
  bench.settle();
  EXPECT_THAT(endsIn(bench, start), ElementsAre(100, 100, 200, 300));
  EXPECT_EQ(bench.disk.calls(DiskCall::sync), 2U);
  EXPECT_EQ(bench.side.calls(DiskCall::sync), 0U);
}

TEST(FakeDisk, LatencyIsDrawnForEachCall) {
  DiskBench bench(filesOf({{"f", "a"}}));
  const MonoTime start = bench.loop.now();
  bench.disk.setLatency([](DiskCall call) { return call == DiskCall::sync ? 5_ms : 1_ms; });
  bench.write("f", 0, "x");
  bench.sync("f");
  bench.write("f", 0, "y");
  bench.files.slow(3);  // the first is on its way already
  bench.settle();
  EXPECT_THAT(endsIn(bench, start), ElementsAre(1000, 16'000, 19'000));
}

TEST(FakeDisk, AStallHoldsBothLanes) {
  DiskBench bench(filesOf({{"f", "a"}}));
  const MonoTime start = bench.loop.now();
  bench.write("f", 0, "x");
  bench.sync("f");
  bench.files.stall(start + 1_s);
  bench.files.stall(start + 1_ms);  // ends no earlier for that
  bench.side.sync(bench.next(), bench, "f");
  bench.loop.runFor(999_ms);
  EXPECT_TRUE(bench.ends.empty());
  EXPECT_EQ(lettersOf(*bench.files.peek("f")), "a");
  bench.settle();
  EXPECT_THAT(endsIn(bench, start), ElementsAre(1'000'000, 1'000'000, 1'000'100));
}

TEST(FakeDisk, ACallFailsOnceOrAlwaysInOneLaneOrBoth) {
  DiskBench bench(filesOf({{"f", "a"}}));
  const auto reads = [&bench](FakeDisk& disk) {
    disk.read(bench.next(), bench, "f", 0, 1);
    return bench.settle().status.ok();
  };
  bench.disk.failAfter(DiskCall::read, 2, badSector);
  EXPECT_TRUE(reads(bench.disk));
  EXPECT_TRUE(reads(bench.side));
  EXPECT_FALSE(reads(bench.disk));
  EXPECT_TRUE(reads(bench.disk));
  bench.files.faults().failAlways(DiskCall::read, badSector);
  EXPECT_FALSE(reads(bench.disk));
  EXPECT_FALSE(reads(bench.side));
  bench.files.faults().heal();
  bench.files.faults().failAfter(DiskCall::read, 1, badSector);
  EXPECT_FALSE(reads(bench.side));
  EXPECT_TRUE(reads(bench.side));
}

TEST(FakeDisk, AFailedWriteKeepsHalf) {
  DiskBench bench(filesOf({{"f", "aa"}}));
  bench.disk.failAfter(DiskCall::write, 1, badSector);
  bench.write("f", 0, sectorsOf("bb"));
  EXPECT_EQ(bench.settle().status.error(), badSector);
  EXPECT_EQ(lettersOf(bench.read("f")), "ba");
}

TEST(FakeDisk, AFailedCallDoesNothingUnlessItIsToldHowFarItComes) {
  const auto after = [](std::size_t steps) {
    DiskBench bench(filesOf({{"f", "o"}}));
    bench.disk.failAfter(DiskCall::replace, 1, badSector, steps);
    bench.disk.replace(bench.next(), bench, "f", sectorsOf("n"));
    EXPECT_EQ(bench.settle().status.error(), badSector);
    const std::string sight = sightOf(bench.files);
    bench.files.powerCut();
    return sight + " cut " + sightOf(bench.files);
  };
  EXPECT_EQ(after(0), "f=o cut f=o");
  EXPECT_EQ(after(3), "f=o cut f=o");  // renaming failed: the new file is removed
  EXPECT_EQ(after(4), "f=n cut f=o");  // the directory was not synced
  EXPECT_EQ(after(5), "f=n cut f=n");
}

TEST(FakeDisk, WhatAFailedSyncLostIsReadUntilThePowerIsCut) {
  DiskBench bench(filesOf({{"f", "aaa"}}));
  bench.write("f", 0, sectorsOf("b"));
  bench.write("f", 1024, Bytes(10, 'b'));
  bench.disk.failAfter(DiskCall::sync, 1, badSector);
  bench.sync("f");
  EXPECT_EQ(bench.settle().status.error(), badSector);
  bench.write("f", 512, sectorsOf("c"));
  bench.write("f", 1034, Bytes(502, 'c'));  // the rest of a sector: it goes out whole
  bench.sync("f");
  EXPECT_TRUE(bench.settle().status.ok());
  const Bytes third = Bytes(10, 'b') + Bytes(502, 'c');
  EXPECT_EQ(bench.read("f"), sectorsOf("bc") + third);
  sim::Chance chance(1);
  bench.files.killed(chance);
  EXPECT_EQ(bench.read("f"), sectorsOf("bc") + third) << "memory outlives the process";
  bench.files.powerCut(chance);
  EXPECT_EQ(bench.read("f"), sectorsOf("ac") + third);
}

TEST(FakeDisk, AFullDiskRefusesUntilSomethingIsRemoved) {
  DiskBench bench;
  bench.files.setCapacity(1536);
  bench.create("a", 1024);
  EXPECT_TRUE(bench.settle().status.ok());
  bench.create("b", 1024);
  EXPECT_EQ(bench.settle().status.error().kind, ErrorKind::diskFull);
  bench.disk.replace(bench.next(), bench, "c", sectorsOf("nn"));
  EXPECT_EQ(bench.settle().status.error().kind, ErrorKind::diskFull);
  EXPECT_EQ(sightOf(bench.files), "a=..") << "nothing of what failed is left";
  bench.disk.remove(bench.next(), bench, "a");
  bench.create("b", 1024);
  EXPECT_TRUE(bench.settle().status.ok());
  bench.files.setCapacity(std::nullopt);
  bench.create("c", 1 << 20);
  EXPECT_TRUE(bench.settle().status.ok());
}

TEST(FakeDisk, SpaceIsWhatTheCapacityLeaves) {
  DiskBench bench(filesOf({{"f", "aa"}}));
  bench.files.setCapacity(1500);
  bench.disk.space(bench.next(), bench);
  EXPECT_EQ(bench.settle().freeBytes, 1500U - 1024U);
  bench.files.setCapacity(100);
  bench.disk.space(bench.next(), bench);
  EXPECT_EQ(bench.settle().freeBytes, 0U);
}

TEST(FakeDisk, AFullDiskTakesWritesThatNeedNoSpace) {
  DiskBench bench(filesOf({{"f", "aa"}}));
  bench.files.setCapacity(1100);
  bench.write("f", 512, sectorsOf("b"));
  EXPECT_TRUE(bench.settle().status.ok());
  bench.write("f", 1024, sectorsOf("c"));
  EXPECT_EQ(bench.settle().status.error().kind, ErrorKind::diskFull);
  EXPECT_EQ(bench.read("f"), sectorsOf("ab") + Bytes(76, 'c')) << "as much as there is space for";
  bench.write("f", 5000, "far");
  EXPECT_EQ(bench.settle().status.error().kind, ErrorKind::diskFull);
  EXPECT_EQ(bench.files.bytesUsed(), 1100U);
}

TEST(FakeDisk, ErrorsAreThoseOfThePort) {
  DiskBench bench(filesOf({{"d/f", "a"}}));
  const auto kindOf = [&bench] { return bench.settle().status.error().kind; };
  bench.create("d/f", 1);
  EXPECT_EQ(kindOf(), ErrorKind::alreadyExists);
  bench.create("e/f", 1);
  EXPECT_EQ(kindOf(), ErrorKind::notFound);
  bench.write("x", 0, "a");
  EXPECT_EQ(kindOf(), ErrorKind::notFound);
  bench.sync("x");
  EXPECT_EQ(kindOf(), ErrorKind::notFound);
  bench.disk.rename(bench.next(), bench, "x", "y");
  EXPECT_EQ(kindOf(), ErrorKind::notFound);
  bench.disk.remove(bench.next(), bench, "x");
  EXPECT_EQ(kindOf(), ErrorKind::notFound);
  bench.disk.list(bench.next(), bench, "e");
  EXPECT_EQ(kindOf(), ErrorKind::notFound);
  bench.disk.makeDirectory(bench.next(), bench, "d/f");
  EXPECT_EQ(kindOf(), ErrorKind::io);
}

}  // namespace
}  // namespace henge::kit

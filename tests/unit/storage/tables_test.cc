#include "server/storage/tables.h"

#include <gtest/gtest.h>
#include <random>

#include "server/storage/fence.h"
#include "server/storage/key_sample.h"
#include "server/storage/store_keys.h"
#include "server/storage/table_garbage.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {
namespace {

TEST(Tables, TheFirstHitIsTheNewestWhereverItLies) {
  std::mt19937_64 chance(5);
  for (Partitioner partitioner : {Partitioner::bytes, Partitioner::hash}) {
    Tables tables(partitioner);
    std::map<Bytes, Record> model;
    for (int i = 1; i < 3000; ++i) {
      Record record = recordOf(Bytes(1, static_cast<char>(chance() % 30)),
                               static_cast<std::int64_t>(chance() % 1000));
      auto held = model.find(record.key);
      bool newest = held == model.end() || isNewer(record, held->second);
      auto outcome = tables.insertIfNewest(record);
      EXPECT_EQ(outcome.applied, newest || record == held->second);
      if (newest) model[record.key] = record;
      EXPECT_EQ(outcome.held, model.at(record.key).version);
      if (i % 100 == 0) tables.freeze({static_cast<std::uint64_t>(i), 1});
    }
    for (const auto& [key, record] : model) EXPECT_EQ(*tables.find(key), record);
    EXPECT_EQ(tables.find("nothing"), nullptr);

    std::size_t walked = 0;
    Bytes at;
    for (Bytes from; const Record* next = tables.findFrom(from, "", at); from = at + '\0') {
      EXPECT_EQ(*next, model.at(next->key));
      EXPECT_EQ(keyOfOrdered(partitioner, at), next->key);
      ++walked;
    }
    EXPECT_EQ(walked, model.size());
  }
}

TEST(Tables, AreCountedWithoutAWalk) {
  Tables tables(Partitioner::bytes);
  const auto keyOf = [](int number) { return "k" + std::to_string(1'000'000 + number); };
  for (int i = 0; i < 1500; ++i) (void)tables.insertIfNewest(recordOf(keyOf(i), 1));
  EXPECT_EQ(tables.recordsBetween(keyOf(100), keyOf(300)), 200u) << "few are counted exactly";
  EXPECT_EQ(tables.recordsBetween(keyOf(300), keyOf(100)), 0u);
  for (int i = 1500; i < 100'000; ++i) (void)tables.insertIfNewest(recordOf(keyOf(i), 1));
  for (int i = 0; i < 1000; ++i) (void)tables.insertIfNewest(recordOf(keyOf(i), 2));
  EXPECT_EQ(tables.recordsBetween("", ""), 100'000u);
  EXPECT_NEAR(static_cast<double>(tables.recordsBetween(keyOf(20'000), keyOf(70'000))), 50'000.0,
              5'000.0);
  EXPECT_NEAR(static_cast<double>(tables.recordsBetween("", keyOf(50'000))), 50'000.0, 5'000.0);
}

TEST(Tables, WhatIsDroppedIsFreedBitByBit) {
  kit::VirtualLoop loop;
  TableGarbage garbage(loop, loop);
  Tables tables(Partitioner::bytes, &garbage);
  constexpr int rows = 3 * static_cast<int>(TableGarbage::rowsAtOnce) + 1;
  for (int i = 0; i < rows; ++i) (void)tables.insertIfNewest(recordOf(std::to_string(i), 1));
  tables.clear();
  EXPECT_EQ(tables.records(), 0u);
  EXPECT_EQ(garbage.rows(), 2u * TableGarbage::rowsAtOnce + 1);
  loop.runFor(1_ms);
  EXPECT_EQ(garbage.rows(), TableGarbage::rowsAtOnce + 1);
  loop.runFor(2_ms);
  EXPECT_EQ(garbage.rows(), 0u);
  (void)tables.insertIfNewest(recordOf("few", 1));
  tables.clear();
  EXPECT_EQ(garbage.rows(), 0u);
}

TEST(Tables, AFedTableStaysForThoseWhoLookedBefore) {
  Tables tables(Partitioner::bytes);
  Pins pins;
  std::uint64_t before = pins.pin();
  (void)tables.insertIfNewest(recordOf("k", 1));
  tables.freeze({1, 100});
  EXPECT_FALSE(tables.allFed());
  tables.markFed(*tables.oldestUnfed(), pins);
  EXPECT_TRUE(tables.allFed());
  std::uint64_t after = pins.pin();
  tables.dropFed(pins);
  EXPECT_NE(tables.find("k"), nullptr);
  pins.unpin(before);
  tables.dropFed(pins);
  EXPECT_EQ(tables.find("k"), nullptr) << "who came later found it in the store";
  pins.unpin(after);
  EXPECT_EQ(tables.bytes(), 0u);
}

TEST(Tables, BytesAreCountedAsTheyComeAndGo) {
  Tables tables(Partitioner::bytes);
  (void)tables.insertIfNewest(recordOf("k", 1, Bytes(100, 'x')));
  std::uint64_t large = tables.bytes();
  (void)tables.insertIfNewest(recordOf("k", 2, ""));
  EXPECT_EQ(tables.bytes(), large - 100);
  EXPECT_EQ(tables.records(), 1u);
  EXPECT_EQ(tables.recordsBetween("a", "z"), 1u);
  EXPECT_EQ(tables.recordsBetween("l", ""), 0u);
  EXPECT_EQ(tables.recordsBetween("z", "a"), 0u);
}

TEST(Fence, IsNeverBelowWhatWasFed) {
  std::mt19937_64 chance(6);
  Fence fence;
  std::map<Bytes, Version> fed;
  for (int i = 0; i < 5000; ++i) {
    Bytes key = std::to_string(chance() % 3000);
    Version version{static_cast<std::int64_t>(chance() % 1000), chance() % 3};
    fence.raise(key, version);
    fed[key] = std::max(fed[key], version);
  }
  for (const auto& [key, version] : fed) EXPECT_FALSE(fence.isAbove(key, version));
  EXPECT_TRUE(fence.isAbove("any", {1000, 0}));
  EXPECT_EQ(*decodeFence(encode(fence)), fence);
  EXPECT_FALSE(decodeFence(encode(fence) + "x").ok());
  EXPECT_FALSE(decodeFence(encode(fence).substr(1)).ok());
}

TEST(StoreKeys, DataLiesApartFromMetadataAndInOrder) {
  EXPECT_LT(dataKey("a"), dataKey("b"));
  EXPECT_LT(dataKey(Bytes(300, '\xff')), dataEnd());
  EXPECT_LE(dataEnd(), appliedKey(0));
  EXPECT_LT(appliedKey(0), appliedKey(1));
  EXPECT_NE(appliedKey(0), fenceKey(0));
  EXPECT_EQ(orderedOfDataKey(dataKey("k")), "k");
  EXPECT_EQ(keyOfOrdered(Partitioner::hash, "12345678key"), "key");
  EXPECT_EQ(keyOfOrdered(Partitioner::hash, "1234"), "");
}

TEST(StoreKeys, TheAppliedPositionComesBackOrIsRefused) {
  EXPECT_EQ(*decodeApplied(encodeApplied({7, 4096})), (LogPosition{7, 4096}));
  Bytes newer = encodeApplied({7, 4096});
  newer[0] = 2;
  EXPECT_EQ(decodeApplied(newer).error().kind, ErrorKind::mismatch);
  EXPECT_EQ(decodeApplied("").error().kind, ErrorKind::corrupt);
  EXPECT_EQ(decodeApplied(encodeApplied({7, 4096}) + "x").error().kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace henge::storage

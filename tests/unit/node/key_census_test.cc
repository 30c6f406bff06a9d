#include "server/node/key_census.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "tests/kit/virtual_loop.h"
#include "tests/unit/core/script_cluster.h"
#include "tests/unit/replica/fake_storage.h"

namespace henge::node {
namespace {

class NoSink final : public ports::StorageSink {
 public:
  void onLooked(OpId, Result<std::optional<Record>>) override {}
  void onAppended(OpId, ports::AppendOutcome) override {}
};

// Of a shape that only its estimates are asked for; counts how often.
class ManyRecords final : public replica::FakeStorage {
 public:
  using FakeStorage::FakeStorage;
  std::uint64_t approximateRecords(const Bytes& from, const Bytes& to) const override {
    ++asked;
    return from.empty() && to.empty() ? 1'000'000 : 1000;
  }
  ports::StorageStatus status() const override {
    ports::StorageStatus out;
    out.records = written;
    return out;
  }

  std::uint64_t written = 1;
  mutable int asked = 0;
};

TEST(KeyCensus, EstimatesOneRangeAtATime) {
  kit::VirtualLoop loop;
  NoSink sink;
  ManyRecords storage(sink);
  Cluster cluster = clusterOf({"65", "6b"}, 2);
  cluster.members.push_back(memberOf(2, {"b", "h", "n"}));
  const auto ring = std::make_shared<const Ring>(cluster);
  KeyCensus census({2}, ring, loop, loop, storage);
  census.start();
  const int first = storage.asked;
  EXPECT_LE(first, 3) << "of a range that goes over the ring's end both parts";
  EXPECT_EQ(census.keys(), 0u) << "nothing half done is told";
  loop.runFor(100_ms);
  EXPECT_EQ(census.keys(), 1'000'000u);
  ASSERT_EQ(census.ownedRanges().size(), 3u);
  for (const auto& [range, keys] : census.ownedRanges()) EXPECT_GE(keys, 1000u) << range;

  const int asked = storage.asked;
  loop.runFor(10_s);
  EXPECT_EQ(storage.asked, asked) << "nothing was written since";
  ++storage.written;
  loop.runFor(3_s);
  EXPECT_GT(storage.asked, asked);
}

}  // namespace
}  // namespace henge::node

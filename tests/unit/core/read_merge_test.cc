#include "core/read_merge.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <set>

#include "tests/golden/script_runner.h"
#include "tests/unit/core/record_generator.h"

namespace henge {
namespace {

// "value x ts=5 writer=1 expiry=9", "tombstone ts=5 writer=1", "nothing"
std::optional<Record> heldOf(const golden::Command& line) {
  std::string kind = line.words().at(0);
  if (kind == "nothing") return std::nullopt;
  Record record;
  record.key = "k";
  record.kind = kind == "tombstone" ? RecordKind::tombstone : RecordKind::value;
  if (line.words().size() > 1) record.value = line.words()[1];
  record.version = {line.number("ts"), static_cast<std::uint64_t>(line.number("writer"))};
  record.expiryMicros = line.number("expiry");
  return record;
}

std::string shown(const ReadMerge& merge) {
  std::string newest = "nothing";
  if (const Record* record = merge.newest()) {
    newest = toString(record->version) + (record->isTombstone() ? " tombstone" : " value ") +
             record->value;
  }
  return "newest: " + newest + "\ncurrent=" + golden::listOf(merge.current()) +
         " stale=" + golden::listOf(merge.stale());
}

TEST(ReadMerge, script) {
  golden::runScript("read_merge.txt", [](const golden::Command& command) {
    ReadMerge merge;
    for (const std::string& text : command.lines) {
      golden::Command line(text);
      merge.add({static_cast<std::uint32_t>(std::stoul(line.name()))}, heldOf(line));
    }
    return shown(merge);
  });
}

TEST(ReadMerge, extensionsMakeNobodyStale) {
  Record plain;
  plain.key = "k";
  plain.version = {5, 1};
  Record extended = plain;
  extended.extensions[7] = "unknown here";
  ReadMerge merge;
  merge.add({1}, plain);
  merge.add({2}, extended);
  EXPECT_TRUE(merge.stale().empty());
  EXPECT_EQ(merge.answers(), 2);
}

TEST(ReadMergeDeathTest, aNodeAnswersOnce) {
  ReadMerge merge;
  merge.add({1}, std::nullopt);
  EXPECT_DEATH(merge.add({1}, std::nullopt), "answer.node");
}

RC_GTEST_PROP(ReadMerge, theWinnerDoesNotDependOnTheOrderOfArrival, ()) {
  auto records = *rc::gen::container<std::vector<Record>>(closeRecords());
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < records.size(); ++i) order.push_back(i);
  ReadMerge straight;
  for (std::uint32_t i : order) straight.add({i}, records[i]);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  ReadMerge shuffled;
  for (std::uint32_t i : order) shuffled.add({i}, records[i]);
  RC_ASSERT((straight.newest() == nullptr) == (shuffled.newest() == nullptr));
  if (straight.newest()) RC_ASSERT(*straight.newest() == *shuffled.newest());
  auto sorted = [](std::vector<NodeId> nodes) {
    return std::set<NodeId>(nodes.begin(), nodes.end());
  };
  RC_ASSERT(sorted(straight.stale()) == sorted(shuffled.stale()));
  RC_ASSERT(sorted(straight.current()) == sorted(shuffled.current()));
}

RC_GTEST_PROP(ReadMerge, currentHoldTheNewestAndStaleHoldLess, ()) {
  auto records = *rc::gen::container<std::vector<Record>>(closeRecords());
  std::vector<std::optional<Record>> held;
  ReadMerge merge;
  for (const Record& record : records) {
    bool holds = *rc::gen::inRange(0, 4) != 0;
    held.push_back(holds ? std::optional(record) : std::nullopt);
    merge.add({static_cast<std::uint32_t>(held.size() - 1)}, held.back());
    const Record* newest = merge.newest();
    RC_ASSERT(merge.current().size() + merge.stale().size() == held.size());
    for (NodeId node : merge.current()) {
      RC_ASSERT((newest ? held[node.value] == *newest : !held[node.value]));
    }
    for (NodeId node : merge.stale()) {
      RC_ASSERT((newest && (!held[node.value] || newness(*held[node.value], *newest) < 0)));
    }
  }
}

}  // namespace
}  // namespace henge

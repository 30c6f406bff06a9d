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
// With "digest" at its end: the value is left out.
std::optional<HeldRecord> heldOf(const golden::Command& line) {
  std::string kind = line.words().at(0);
  if (kind == "nothing") return std::nullopt;
  Record record;
  record.key = "k";
  record.kind = kind == "tombstone" ? RecordKind::tombstone : RecordKind::value;
  if (line.words().size() > 1) record.value = line.words()[1];
  record.version = {line.number("ts"), static_cast<std::uint64_t>(line.number("writer"))};
  record.expiryMicros = line.number("expiry");
  HeldRecord held{record, digestOf(record), line.words().back() != "digest"};
  if (!held.hasValue) held.record.value.clear();
  return held;
}

HeldRecord whole(const Record& record) { return {record, digestOf(record), true}; }

HeldRecord digestAlone(const Record& record) {
  HeldRecord held{record, digestOf(record), record.isTombstone()};
  held.record.value.clear();
  return held;
}

std::string shown(const ReadMerge& merge) {
  if (!merge.lacking().empty()) return "lacking=" + golden::listOf(merge.lacking());
  std::string newest = "nothing";
  if (const Record* record = merge.newest()) {
    newest = toString(record->version) + (record->isTombstone() ? " tombstone" : " value ") +
             record->value;
  }
  return "newest: " + newest + "\ncurrent=" + golden::listOf(merge.current()) +
         " stale=" + golden::listOf(merge.stale());
}

TEST(ReadMerge, countsVersionsNotAnswers) {
  Record record;
  ReadMerge merge;
  merge.add({1}, std::nullopt);
  EXPECT_EQ(merge.versions(), 0);
  for (const std::uint32_t node : {2U, 3U, 4U}) {
    record.version = {node == 2 ? 7 : 5, 1};
    merge.add({node}, whole(record));
  }
  EXPECT_EQ(merge.versions(), 2);
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
  merge.add({1}, whole(plain));
  merge.add({2}, whole(extended));
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
  for (std::uint32_t i : order) straight.add({i}, whole(records[i]));
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  ReadMerge shuffled;
  for (std::uint32_t i : order) shuffled.add({i}, whole(records[i]));
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
    merge.add({static_cast<std::uint32_t>(held.size() - 1)},
              holds ? std::optional(whole(record)) : std::nullopt);
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

// Whatever is left out at first: once what is lacking has been brought, the outcome is the same as
// if all values had come; and what is lacking is never more than one value for each digest.
RC_GTEST_PROP(ReadMerge, digestsLeadToTheSameRecordAsValues, ()) {
  auto records = *rc::gen::container<std::vector<Record>>(closeRecords());
  ReadMerge values;
  ReadMerge digests;
  for (std::uint32_t node = 0; node < records.size(); ++node) {
    values.add({node}, whole(records[node]));
    const bool leftOut = *rc::gen::inRange(0, 3) != 0;
    digests.add({node}, leftOut ? digestAlone(records[node]) : whole(records[node]));
  }
  std::set<std::uint64_t> fetched;
  for (NodeId node : digests.lacking()) {
    RC_ASSERT(fetched.insert(digestOf(records[node.value])).second);
    digests.replace(node, whole(records[node.value]));
  }
  RC_ASSERT(digests.lacking().empty());
  RC_ASSERT((values.newest() == nullptr) == (digests.newest() == nullptr));
  if (values.newest()) RC_ASSERT(*values.newest() == *digests.newest());
  RC_ASSERT(values.stale() == digests.stale());
  RC_ASSERT(values.current() == digests.current());
}

TEST(ReadMerge, whatIsForgottenNeverAnswered) {
  Record old;
  old.key = "k";
  old.version = {5, 1};
  Record young = old;
  young.version = {6, 1};
  young.value = "y";
  ReadMerge merge;
  merge.add({1}, whole(old));
  merge.add({2}, digestAlone(young));
  EXPECT_EQ(merge.lacking(), std::vector<NodeId>{{2}});
  merge.forget({2});
  EXPECT_TRUE(merge.lacking().empty());
  EXPECT_EQ(merge.newest()->version, old.version);
  EXPECT_EQ(merge.answers(), 1);
}

}  // namespace
}  // namespace henge

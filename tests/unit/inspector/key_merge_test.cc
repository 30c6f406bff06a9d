#include "inspector/key_merge.h"

#include <gtest/gtest.h>
#include <map>
#include <rapidcheck/gtest.h>

#include "core/key_text.h"
#include "inspector/reading.h"
#include "tests/unit/inspector/fake_nodes.h"

namespace henge::inspector::testing {

namespace {

Record record(const Bytes& key, std::int64_t timestamp, const Bytes& value) {
  return {key, {timestamp, 1}, RecordKind::value, 0, value, {}};
}

Reading open(FakeNodes& nodes) {
  Result<Reading> reading = openReading(nodes, nodes.addresses());
  EXPECT_TRUE(reading.ok());
  return std::move(*reading);
}

using Merged = std::map<Bytes, std::map<std::uint32_t, Record>>;  // by position

// The twin that reads everything first.
Merged stupidMerge(FakeNodes& nodes) {
  Merged all;
  for (const Member& member : nodes.cluster().members) {
    for (const auto& [position, held] : nodes.at(member.id.value).held) {
      all[position][member.id.value] = held;
    }
  }
  return all;
}

RC_GTEST_PROP(KeyMerge, GivesWhatReadingEverythingFirstGives, ()) {
  const int count = *rc::gen::inRange(1, 6);
  const Partitioner partitioner = *rc::gen::element(Partitioner::bytes, Partitioner::hash);
  FakeNodes nodes(count, 1, partitioner);
  for (FakeNode& node : nodes.all()) node.pageMax = *rc::gen::inRange<std::size_t>(1, 5);
  const int records = *rc::gen::inRange(0, 60);
  for (int i = 0; i < records; ++i) {
    const auto node = static_cast<std::uint32_t>(*rc::gen::inRange(0, count));
    const Bytes key = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '\0', '\xff'));
    nodes.hold(node, record("k" + key, *rc::gen::inRange(1, 9), "v"));
  }
  Reading reading = open(nodes);
  std::vector<NodeStream> streams = streamsOf(reading);
  KeyMerge merge(streams);
  const Merged expected = stupidMerge(nodes);
  auto next = expected.begin();
  while (const std::optional<MergedKey> merged = merge.next()) {
    RC_ASSERT(next != expected.end());
    RC_ASSERT(orderedKey(partitioner, merged->key) == next->first);
    RC_ASSERT(merged->copies.size() == next->second.size());
    for (const HeldCopy& copy : merged->copies) {
      RC_ASSERT(copy.record == next->second.at(copy.node.value));
    }
    ++next;
  }
  RC_ASSERT(next == expected.end());
  for (const NodeStream& stream : streams) RC_ASSERT(stream.failure().empty());
}

void fill(FakeNodes& nodes, int keys) {
  for (std::uint32_t node = 0; node < 2; ++node) {
    for (int i = 0; i < keys; ++i) {
      nodes.hold(node, record(std::to_string(10000 + i), 1, "v"));
    }
  }
}

// Bounded memory: a page is asked for only when the one before is used up, so never more than one
// page of each node is held.
TEST(KeyMerge, PagesAreAskedForWhenTheyAreNeeded) {
  FakeNodes nodes(2, 1);
  fill(nodes, 100);
  for (FakeNode& node : nodes.all()) node.pageMax = 10;
  Reading reading = open(nodes);
  std::vector<NodeStream> streams = streamsOf(reading);
  KeyMerge merge(streams);
  EXPECT_EQ(nodes.at(0).pagesAsked, 0) << "nothing before the first key is wanted";
  for (int key = 0; key < 100; ++key) {
    ASSERT_TRUE(merge.next().has_value());
    for (const FakeNode& node : nodes.all()) EXPECT_EQ(node.pagesAsked, key / 10 + 1);
  }
  EXPECT_FALSE(merge.next().has_value());
  EXPECT_EQ(nodes.at(0).pagesAsked, 10) << "the last page said that there is no more";
}

TEST(KeyMerge, PagesAreOfBoundedSize) {
  FakeNodes nodes(2, 1);
  fill(nodes, static_cast<int>(NodeStream::recordsPerPage) + 1);
  Reading reading = open(nodes);
  std::vector<NodeStream> streams = streamsOf(reading);
  KeyMerge merge(streams);
  while (merge.next()) {
  }
  EXPECT_EQ(nodes.at(0).pagesAsked, 2) << "one record more than fits a page";
  EXPECT_EQ(nodes.at(0).largestPageAsked, NodeStream::recordsPerPage);
}

TEST(KeyMerge, ALargerPageThanWasAskedForIsNotTaken) {
  FakeNodes nodes(2, 1);
  fill(nodes, static_cast<int>(NodeStream::recordsPerPage) + 1);
  nodes.at(1).ignoresPageSize = true;
  Reading reading = open(nodes);
  std::vector<NodeStream> streams = streamsOf(reading);
  KeyMerge merge(streams);
  while (merge.next()) {
  }
  EXPECT_EQ(streams[1].failure(), "it sends larger pages than were asked for");
  EXPECT_EQ(streams[1].records(), 0u);
  EXPECT_EQ(streams[0].records(), NodeStream::recordsPerPage + 1);
}

TEST(KeyMerge, ANodeThatFailsMidwayIsSilentFromThereOn) {
  FakeNodes nodes(2, 1);
  fill(nodes, 30);
  for (FakeNode& node : nodes.all()) node.pageMax = 10;
  nodes.at(1).failAtPage = 2;
  Reading reading = open(nodes);
  std::vector<NodeStream> streams = streamsOf(reading);
  KeyMerge merge(streams);
  std::size_t copies = 0;
  int keys = 0;
  while (const std::optional<MergedKey> merged = merge.next()) {
    ++keys;
    copies += merged->copies.size();
  }
  EXPECT_EQ(keys, 30);
  EXPECT_EQ(copies, 50u);
  EXPECT_EQ(streams[1].failure(), "connection lost");
  EXPECT_EQ(nodes.at(1).pagesAsked, 3) << "not asked again";
}

TEST(KeyMerge, ANodeWithoutEndIsGivenUp) {
  FakeNodes nodes(1, 1);
  nodes.at(0).endless = true;
  Reading reading = open(nodes);
  std::vector<NodeStream> streams = streamsOf(reading);
  KeyMerge merge(streams);
  EXPECT_FALSE(merge.next().has_value());
  EXPECT_EQ(streams[0].failure(), "it sends empty pages without end");
  EXPECT_LE(nodes.at(0).pagesAsked, NodeStream::emptyPagesMax + 1);
}

TEST(KeyMerge, KeysOutOfOrderAreNotBelieved) {
  FakeNodes nodes(1, 1);
  nodes.hold(0, record("a", 1, "v"));
  nodes.hold(0, record("b", 1, "v"));
  nodes.at(0).backwards = true;
  Reading reading = open(nodes);
  std::vector<NodeStream> streams = streamsOf(reading);
  KeyMerge merge(streams);
  EXPECT_EQ(merge.next()->key, "b");
  EXPECT_FALSE(merge.next().has_value());
  EXPECT_EQ(streams[0].failure(), "its keys are out of order at a");
}

}  // namespace

}  // namespace henge::inspector::testing

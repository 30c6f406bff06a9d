#include "server/handoff/repair_marks.h"

#include <gtest/gtest.h>

#include "tests/unit/handoff/hint_stage.h"

namespace henge::handoff {
namespace {

RingRange rangeOf(const Bytes& first, const Bytes& end) { return {first, end, {}}; }

TEST(RepairMarks, OneForATargetAndRange) {
  kit::VirtualLoop loop;
  FakeHintStore store(loop, loop);
  RepairMarks marks(store);
  marks.mark({2}, rangeOf("a", "b"), {5});
  marks.mark({2}, rangeOf("a", "b"), {9});
  marks.mark({3}, rangeOf("a", "b"), {5});
  marks.mark({2}, rangeOf("b", "c"), {5});
  EXPECT_EQ(marks.count(), 3u);
  EXPECT_EQ(marks.countOf({2}), 2u);
  EXPECT_EQ(marks.countOf({4}), 0u);
  EXPECT_EQ(store.marks.size(), 3u);
  EXPECT_EQ((store.marks[{{2}, "a"}]), (RepairMark{{2}, "a", "b", {5}, true}));
  EXPECT_EQ(marks.first(1), (std::vector<RepairMark>{{{2}, "a", "b", {5}, true}}));
}

TEST(RepairMarks, AreSaidAgainUntilTheyAreTaken) {
  kit::VirtualLoop loop;
  FakeHintStore store(loop, loop);
  store.refusal = Error{ErrorKind::diskFull, "full"};
  RepairMarks marks(store);
  marks.mark({2}, rangeOf("a", "b"), {5});
  EXPECT_FALSE(marks.allSaved());
  marks.save();
  EXPECT_TRUE(store.marks.empty());
  store.refusal.reset();
  marks.save();
  EXPECT_TRUE(marks.allSaved());
  EXPECT_EQ(store.marks.size(), 1u);
}

TEST(RepairMarks, WhatWasFoundIsNotSaidAgain) {
  kit::VirtualLoop loop;
  FakeHintStore store(loop, loop);
  RepairMarks marks(store);
  marks.found({{2}, "a", "b", {5}, true});
  marks.mark({2}, rangeOf("a", "b"), {9});
  EXPECT_TRUE(store.marks.empty());
  EXPECT_TRUE(marks.allSaved());
  EXPECT_EQ(marks.countOf({2}), 1u);
}

}  // namespace
}  // namespace henge::handoff

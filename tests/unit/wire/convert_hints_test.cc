#include "wire/convert_hints.h"

#include <gtest/gtest.h>

namespace henge::wire {
namespace {

HintsView someHints() {
  HintsView view;
  view.node = {1};
  view.limits = {.bytesMax = 1000, .bytesAllMax = 5000, .ageMax = 3600_s};
  HintTargetView away;
  away.target = {2};
  away.count = 9;
  away.bytes = 900;
  away.oldest = {1'700'000'000'000'001};
  away.state = "waiting";
  away.reason = "n2 is not up";
  away.window = 4;
  away.kept = 20;
  away.delivered = 5;
  away.cancelled = 4;
  away.expired = 2;
  away.refused = 1;
  away.dropped = 3;
  away.rangesToRepair = 2;
  HintTargetView well;
  well.target = {3};
  well.state = "empty";
  view.targets = {away, well};
  view.markCount = 12;
  view.notCounted = "the store is damaged";
  view.marks = {{{2}, Bytes("\0", 1), "", {77}, true}, {{2}, "m", "z", {78}, true}};
  return view;
}

TEST(ConvertHints, ComesBackAsItWas) {
  EXPECT_EQ(toCore(toThrift(someHints())), someHints());
  HintsView none;
  none.limits.ageMax = 0_ms;
  EXPECT_EQ(toCore(toThrift(none)), none);
}

TEST(ConvertHints, ASyncPointComesBackAsItWas) {
  const HintSync sync{10, 7, 1, 2};
  EXPECT_EQ(toCore(toThrift(sync, {3})), sync);
  EXPECT_EQ(toThrift(sync, {3}).node, 3);
}

}  // namespace
}  // namespace henge::wire

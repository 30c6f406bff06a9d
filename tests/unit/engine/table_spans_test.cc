#include "server/engine/table_spans.h"

#include <gtest/gtest.h>

namespace henge::engine {
namespace {

TEST(TableSpans, nothingHoldsNothing) {
  EXPECT_EQ(TableSpans().shareOf("", ""), 0);
  EXPECT_EQ(TableSpans({{"a", "b", 0}}).shareOf("", ""), 0);
}

TEST(TableSpans, wholeFilesCountByTheirBytes) {
  const TableSpans spans({{"a", "c", 100}, {"d", "f", 300}});
  EXPECT_DOUBLE_EQ(spans.shareOf("", ""), 1);
  EXPECT_DOUBLE_EQ(spans.shareOf("", "d"), 0.25);
  EXPECT_DOUBLE_EQ(spans.shareOf("ca", ""), 0.75);
  EXPECT_DOUBLE_EQ(spans.shareOf("d", "g"), 0.75);
  EXPECT_DOUBLE_EQ(spans.shareOf("g", ""), 0);
  EXPECT_DOUBLE_EQ(spans.shareOf("", "a"), 0);
  EXPECT_DOUBLE_EQ(spans.shareOf("f0", "e"), 0);
}

TEST(TableSpans, cutFilesCountByWhereTheCutLies) {
  const TableSpans spans({{Bytes(1, '\x00'), Bytes(1, '\xff'), 1000}});
  EXPECT_NEAR(spans.shareOf(Bytes(1, '\x40'), Bytes(1, '\x80')), 0.25, 0.01);
  EXPECT_NEAR(spans.shareOf("", Bytes(1, '\x40')), 0.25, 0.01);
  EXPECT_NEAR(spans.shareOf(Bytes(1, '\xc0'), ""), 0.25, 0.01);
}

TEST(TableSpans, theCommonBeginningOfKeysDoesNotBlurTheCut) {
  const TableSpans spans({{"user/000000", "user/999999", 1000}});
  EXPECT_NEAR(spans.shareOf("user/3", "user/6"), 0.33, 0.05);
  EXPECT_DOUBLE_EQ(spans.shareOf("user0", ""), 0);
}

TEST(TableSpans, sharesOfNeighboursAddUp) {
  const TableSpans spans({{"aa", "mz", 10}, {"b", "zzzz", 20}, {"k", "k", 5}});
  const char* cuts[] = {"", "a", "c", "k", "kk", "n", "zz"};
  double sum = 0;
  for (std::size_t i = 0; i + 1 < std::size(cuts); ++i) sum += spans.shareOf(cuts[i], cuts[i + 1]);
  sum += spans.shareOf("zz", "");
  EXPECT_NEAR(sum, 1, 1e-9);
}

}  // namespace
}  // namespace henge::engine

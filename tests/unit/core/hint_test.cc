#include "core/hint.h"

#include <gtest/gtest.h>

namespace henge {
namespace {

TEST(Hint, NumbersAscendOverBoots) {
  EXPECT_LT(hintNumbersBefore(1) + 1, hintNumbersBefore(2));
  EXPECT_EQ(hintNumbersBefore(0), 0u);
}

TEST(Hint, CountsAsItsRecordDoes) {
  Hint hint;
  hint.record.key = "key";
  hint.record.value = Bytes(1000, 'x');
  EXPECT_EQ(hint.bytes(), hint.record.bytes());
  EXPECT_EQ(nameOf(HintEnd::delivered), "delivered");
  EXPECT_EQ(nameOf(HintEnd::refused), "refused");
}

}  // namespace
}  // namespace henge

#include "core/limits.h"

#include <gtest/gtest.h>

namespace henge {
namespace {

TEST(Limits, aKeyHasOneByteUpToTheLimit) {
  Limits limits;
  EXPECT_TRUE(checkKey(limits, "k").ok());
  EXPECT_TRUE(checkKey(limits, Bytes(65'536, 'k')).ok());
  EXPECT_EQ(checkKey(limits, Bytes(65'537, 'k')).error(),
            (Error{ErrorKind::invalidRequest, "the key has 65537 bytes; keyBytesMax is 65536"}));
  EXPECT_EQ(checkKey(limits, "").error(),
            (Error{ErrorKind::invalidRequest,
                   "the key has 0 bytes; it must have 1 to 65536 (keyBytesMax)"}));
}

TEST(Limits, aValueMayBeEmptyAndHasALimit) {
  Limits limits;
  limits.valueBytesMax = 10;
  EXPECT_TRUE(checkValue(limits, "").ok());
  EXPECT_TRUE(checkValue(limits, Bytes(10, 'v')).ok());
  EXPECT_EQ(checkValue(limits, Bytes(11, 'v')).error().message,
            "the value has 11 bytes; valueBytesMax is 10");
}

TEST(Limits, theLargestKeyAndValueFitAFrame) {
  Limits limits;
  EXPECT_GT(limits.frameBytesMax(), limits.keyBytesMax + limits.valueBytesMax);
}

}  // namespace
}  // namespace henge

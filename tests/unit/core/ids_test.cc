#include "core/ids.h"

#include <gtest/gtest.h>
#include <set>
#include <string_view>

#include "core/error.h"
#include "core/replica_message.h"
#include "core/result.h"
#include "core/version.h"

namespace henge {
namespace {

TEST(Ids, areShownInOneForm) {
  EXPECT_EQ(toString(NodeId{3}), "n3");
  EXPECT_EQ(toString(ClusterId{0xaa}), "00000000000000aa");
  EXPECT_EQ(toString(DirectoryId{0xfedcba9876543210}), "fedcba9876543210");
  EXPECT_EQ(toString(LogPosition{12, 4096}), "12:4096");
}

TEST(Ids, logPositionsAreOrderedBySegmentFirst) {
  EXPECT_LT((LogPosition{1, 900}), (LogPosition{2, 1}));
  EXPECT_LT((LogPosition{2, 1}), (LogPosition{2, 2}));
}

TEST(Version, isShownWithItsWriterInHex) {
  EXPECT_EQ(toString(Version{1795236306646329, 0x9f3c}), "1795236306646329/9f3c");
  EXPECT_EQ(toString(Version{-1, UINT64_MAX}), "-1/ffffffffffffffff");
  EXPECT_EQ(toString(Version{}), "0/0");
}

TEST(Version, isOrderedByTimestampThenWriterAndNoneIsLowest) {
  EXPECT_TRUE(Version{}.isNone());
  EXPECT_FALSE((Version{1, 0}.isNone()));
  EXPECT_LT(Version{}, (Version{1, 0}));
  EXPECT_LT((Version{1, UINT64_MAX}), (Version{2, 0}));
  EXPECT_LT((Version{2, 1}), (Version{2, UINT64_MAX}));
}

TEST(Error, everyKindAndRefusalHasANameOfItsOwn) {
  std::set<std::string_view> kinds;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::unsupported); ++kind) {
    kinds.insert(nameOf(static_cast<ErrorKind>(kind)));
  }
  EXPECT_EQ(kinds.size(), 12u);
  EXPECT_EQ(kinds.count("unknown"), 0u);
  std::set<std::string_view> refusals;
  for (int refusal = 0; refusal <= static_cast<int>(Refusal::invalid); ++refusal) {
    refusals.insert(nameOf(static_cast<Refusal>(refusal)));
  }
  EXPECT_EQ(refusals.size(), 8u);
  EXPECT_EQ(refusals.count("unknown"), 0u);
}

TEST(Result, holdsAValueOrAnError) {
  Result<int> seven(7);
  EXPECT_TRUE(seven.ok());
  EXPECT_EQ(*seven, 7);
  Result<int> wrong(Error{ErrorKind::io, "no"});
  EXPECT_FALSE(wrong);
  EXPECT_EQ(wrong.error(), (Error{ErrorKind::io, "no"}));
  EXPECT_TRUE(Status().ok());
  EXPECT_EQ(Status(Error{ErrorKind::io, "no"}).error().message, "no");
}

TEST(ResultDeathTest, readingWhatIsNotThereIsAProgrammingError) {
  EXPECT_DEATH((void)Result<int>(Error{ErrorKind::io, "no"}).value(), "ok");
  EXPECT_DEATH((void)Result<int>(7).error(), "ok");
  EXPECT_DEATH((void)Status().error(), "ok");
}

}  // namespace
}  // namespace henge

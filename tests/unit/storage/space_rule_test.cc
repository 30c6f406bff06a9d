#include "server/storage/space_rule.h"

#include <gtest/gtest.h>

namespace henge::storage {
namespace {

constexpr SpaceNeed need{.memtables = 100, .tables = 20, .segment = 3, .ballast = 1000};

std::string said(std::uint64_t freeBytes, RecordKind kind, const SpaceNeed& of = need) {
  const Status status = checkSpace(freeBytes, of, kind);
  if (status) return "taken";
  EXPECT_EQ(status.error().kind, ErrorKind::diskFull);
  return status.error().message;
}

TEST(SpaceRule, aPutLeavesRoomForAllThatWasAcceptedAndTheBallast) {
  EXPECT_EQ(said(1123, RecordKind::value), "taken");
  EXPECT_EQ(said(1122, RecordKind::value),
            "diskFull: 1122 bytes are free, 1123 needed (store 100 + tables 20 + segment 3 "
            "+ ballast 1000) before a put is taken; free space on the data directory's file "
            "system");
}

TEST(SpaceRule, aRemoveMayTakeTheBallast) {
  EXPECT_EQ(said(123, RecordKind::tombstone), "taken");
  EXPECT_EQ(said(122, RecordKind::tombstone),
            "diskFull: 122 bytes are free, 123 needed (store 100 + tables 20 + segment 3) "
            "before a remove is taken; free space on the data directory's file system");
}

TEST(SpaceRule, withoutABallastBothAreTakenAndRefusedTogether) {
  const SpaceNeed bare{.memtables = 1, .tables = 1, .segment = 1, .ballast = 0};
  for (const RecordKind kind : {RecordKind::value, RecordKind::tombstone}) {
    EXPECT_EQ(said(3, kind, bare), "taken");
    EXPECT_NE(said(2, kind, bare), "taken");
  }
}

}  // namespace
}  // namespace henge::storage

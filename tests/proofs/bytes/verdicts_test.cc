#include "tests/proofs/bytes/verdicts.h"

#include <gtest/gtest.h>

#include "tests/proofs/bytes/cut_log.h"
#include "tests/proofs/bytes/small_files.h"
#include "tests/unit/storage/segment_builder.h"

namespace henge::proofs {
namespace {

using namespace storage;

class VerdictsTest : public ::testing::Test {
 protected:
  Tally judged(const Bytes& damaged, std::uint64_t from, std::uint64_t end) const {
    Tally tally;
    SegmentJudge(specimen).judge(damaged, from, end, tally);
    EXPECT_EQ(tally.tried, 1u);
    return tally;
  }
  // With one byte changed.
  Tally judgedAt(std::uint64_t offset) const {
    Bytes damaged = specimen.bytes;
    damaged[offset] ^= 1;
    return judged(damaged, offset, offset + 1);
  }

  const Specimen specimen = makeSpecimen({LogCompression::none, false, false}, 4096, 1);
};

TEST_F(VerdictsTest, DamageAndTornTailsAreToldApart) {
  EXPECT_EQ(judgedAt(specimen.vouchedTo - 1).damage, 1u);
  EXPECT_EQ(judgedAt(specimen.vouchedTo).torn, 1u);
  EXPECT_EQ(judgedAt(20).damage, 1u);
}

// The judge has teeth: each of these is a lie that a reader could tell.
TEST_F(VerdictsTest, AChangeThatNobodyNoticesIsSilent) {
  const Tally tally = judged(specimen.bytes, 200, 201);
  EXPECT_EQ(tally.silent, 1u);
  EXPECT_FALSE(tally.kept());
}

TEST_F(VerdictsTest, AMissingBatchUnderACleanEndIsSilent) {
  Bytes damaged = specimen.bytes;
  std::fill(damaged.begin() + static_cast<std::ptrdiff_t>(specimen.vouchedTo), damaged.end(), 0);
  EXPECT_EQ(judged(damaged, specimen.vouchedTo, specimen.used).silent, 1u);
}

TEST_F(VerdictsTest, ATornTailOfWhatIsVouchedForIsSilent) {
  Specimen shorter = specimen;
  shorter.bytes = specimen.bytes;
  Bytes damaged = specimen.bytes;
  damaged[specimen.vouchedTo + 80] ^= 1;
  shorter.vouchedTo = specimen.used;  // as if a mark had come
  Tally tally;
  SegmentJudge(shorter).judge(damaged, specimen.vouchedTo + 80, specimen.vouchedTo + 81, tally);
  EXPECT_EQ(tally.silent, 1u);
}

TEST_F(VerdictsTest, ABatchThatWasNotWrittenThereIsWrong) {
  SegmentHeader header = *headerInUse(specimen.bytes, specimen.place.owner, specimen.place.id);
  SegmentBuilder other(header, specimen.bytes.size());
  other.add({recordOf("never", 1)}, {0, 0});
  EXPECT_EQ(judged(other.file(), 200, 201).wrong, 1u);
}

TEST(SmallFiles, AreAcceptedWholeAndRefusedChanged) {
  for (const SmallFile& file : smallFiles()) {
    EXPECT_TRUE(file.accepted(file.bytes)) << file.name;
    EXPECT_FALSE(file.refusedAsCorrupt(file.bytes)) << file.name;
    Bytes changed = file.bytes;
    changed.back() ^= 1;
    EXPECT_TRUE(file.refusedAsCorrupt(changed)) << file.name;
  }
}

TEST(CutLog, AStartFromAWholeLogHasEverythingAndFromALieNot) {
  WrittenLog log = writeLog(LogCompression::none, false, 3);
  const Write last = log.writes.back();
  EXPECT_TRUE(startFrom(log, last, last.end, Rest::zeroes).kept());
  const Start torn = startFrom(log, last, last.from + 90, Rest::zeroes);
  EXPECT_TRUE(torn.kept());
  EXPECT_TRUE(torn.saysTorn);
  log.records.front().value += "x";  // not what was written
  log.records.front().key += "x";
  EXPECT_FALSE(startFrom(log, last, last.end, Rest::zeroes).whole);
}

}  // namespace
}  // namespace henge::proofs

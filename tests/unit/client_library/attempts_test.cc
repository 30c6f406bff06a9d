#include "client/library/attempts.h"

#include <gtest/gtest.h>

#include "client/library/results.h"

namespace henge::library {
namespace {

TEST(Attempts, openOnesMayHaveHappened) {
  Attempts attempts;
  EXPECT_FALSE(attempts.mayHaveHappened());
  attempts.begin(1, "n1");
  EXPECT_TRUE(attempts.isAsking(1));
  EXPECT_TRUE(attempts.mayHaveHappened());
  EXPECT_TRUE(attempts.end(1, "connection refused", false));
  EXPECT_FALSE(attempts.isAsking());
  EXPECT_FALSE(attempts.mayHaveHappened());
  EXPECT_EQ(outcomeOf(attempts), Outcome::surelyNotApplied);
}

TEST(Attempts, aClearNoLaterOnDoesNotUndoADoubt) {
  Attempts attempts;
  attempts.begin(1, "n1");
  (void)attempts.end(1, "connection reset", true);
  attempts.begin(2, "n2");
  (void)attempts.end(2, "unavailable", false);
  EXPECT_TRUE(attempts.mayHaveHappened());
  EXPECT_EQ(outcomeOf(attempts), Outcome::unknown);
  EXPECT_EQ(toString(attempts.tried()), "n1: connection reset; n2: unavailable");
}

TEST(Attempts, endOnceEach) {
  Attempts attempts;
  attempts.begin(1, "n1");
  EXPECT_FALSE(attempts.end(2, "", false));
  EXPECT_TRUE(attempts.end(1, "", false));
  EXPECT_FALSE(attempts.end(1, "", false));
  attempts.begin(1, "n1");
  EXPECT_EQ(attempts.triesOf(1), 2);
  EXPECT_EQ(attempts.tried().back().what, "no answer");
}

}  // namespace
}  // namespace henge::library

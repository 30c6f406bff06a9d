#include "client/shell/completion.h"

#include <gtest/gtest.h>

namespace henge::client {

namespace {

using Words = std::vector<std::string>;

class CompletionTest : public ::testing::Test {
 protected:
  CompletionTest() {
    session_.nodeNames = {"n0", "n1"};
    session_.seeKey("user:7");
    session_.seeKey("user:8");
    session_.seeKey("\"a b\"");
  }

  std::string inserted(std::string_view line) { return complete(line, session_).insert; }
  Words offered(std::string_view line) { return complete(line, session_).offered; }

  Session session_{{}, 1};
};

TEST_F(CompletionTest, ACommandIsCompletedAndEnded) {
  EXPECT_EQ(inserted("sta"), "tus ");
  EXPECT_EQ(inserted("henge sta"), "tus ") << "as the screens write commands";
  EXPECT_EQ(inserted("help sta"), "tus ");
}

TEST_F(CompletionTest, SeveralAreOfferedOnceTheyPart) {
  EXPECT_EQ(offered("re"), (Words{"remove", "retry"}));
  EXPECT_EQ(inserted("get us"), "er:");
  EXPECT_EQ(offered("get user:"), (Words{"user:7", "user:8"}));
}

TEST_F(CompletionTest, LevelsFormsAndNodesStandWhereTheCommandSaysSo) {
  EXPECT_EQ(offered("put k v "), (Words{"all", "one", "quorum"}));
  EXPECT_EQ(inserted("put k v q"), "uorum ");
  EXPECT_EQ(inserted("put \"a b\" v q"), "uorum ");
  EXPECT_EQ(offered("keys "), (Words{"hex", "text", "u8"}));
  EXPECT_EQ(inserted("trace "), "o");
  EXPECT_EQ(offered("trace o"), (Words{"off", "on"}));
  EXPECT_EQ(inserted("log "), "all ");
  EXPECT_EQ(offered("accept n"), (Words{"n0", "n1"}));
  EXPECT_EQ(inserted("accept n1 "), "--yes ");
}

TEST_F(CompletionTest, FlagsAreNoWordsOfACommand) {
  EXPECT_EQ(inserted("get k --out"), "put ");
  EXPECT_EQ(inserted("get k --tr"), "ace ");
  EXPECT_EQ(inserted("get --quiet user:7 q"), "uorum ");
}

TEST_F(CompletionTest, KeysInQuotesAreCompletedToo) { EXPECT_EQ(inserted("get \"a"), " b\" "); }

TEST_F(CompletionTest, WhereNothingIsKnownTheUsageStands) {
  EXPECT_EQ(complete("put k ", session_).usage.substr(0, 10), "usage: hen");
  EXPECT_EQ(complete("nosuch ", session_).usage, "");
  EXPECT_EQ(complete("get k one more ", session_).offered, Words{});
}

TEST_F(CompletionTest, TheKeysSeenAreBounded) {
  for (std::size_t i = 0; i < Session::keysSeenMax; ++i) session_.seeKey("k" + std::to_string(i));
  EXPECT_EQ(session_.keysSeen.size(), Session::keysSeenMax);
  EXPECT_EQ(session_.keysSeen.front(), "k0") << "the oldest are forgotten";
  session_.seeKey("k0");
  EXPECT_EQ(session_.keysSeen.size(), Session::keysSeenMax) << "each stands once";
}

}  // namespace

}  // namespace henge::client

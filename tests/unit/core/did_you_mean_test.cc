#include "core/did_you_mean.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace henge {
namespace {

const std::vector<std::string> flags = {"cluster", "data_dir", "log_sync", "port", "shards"};

TEST(DidYouMean, oneSlipOfEachKindIsForgiven) {
  EXPECT_EQ(nearestWord("prt", flags), "port");
  EXPECT_EQ(nearestWord("poort", flags), "port");
  EXPECT_EQ(nearestWord("pork", flags), "port");
  EXPECT_EQ(nearestWord("prot", flags), "port");
  EXPECT_EQ(nearestWord("port", flags), "port");
}

TEST(DidYouMean, longerWordsMayDifferByAThird) {
  EXPECT_EQ(nearestWord("logsnc", flags), "log_sync");
  EXPECT_EQ(nearestWord("data_directory", flags), "");
  EXPECT_EQ(nearestWord("datta_ddirs", flags), "data_dir");
}

TEST(DidYouMean, nothingNearIsNothingSaid) {
  EXPECT_EQ(nearestWord("verbose", flags), "");
  EXPECT_EQ(nearestWord("", flags), "");
  EXPECT_EQ(nearestWord("port", {}), "");
  EXPECT_EQ(nearestWord("xy", std::vector<std::string>{"ab"}), "") << "nothing of the word is left";
  EXPECT_EQ(nearestWord(std::string(100'000, 'p'), flags), "");
}

TEST(DidYouMean, ofEquallyNearOnesTheFirst) {
  EXPECT_EQ(nearestWord("gat", std::vector<std::string>{"get", "gas"}), "get");
  EXPECT_EQ(nearestWord("gat", std::vector<std::string>{"gas", "get"}), "gas");
}

TEST(DidYouMean, theHintIsReadyToBeAppended) {
  EXPECT_EQ(didYouMean("prot", flags, "--"), " (did you mean --port?)");
  EXPECT_EQ(didYouMean("shard", flags), " (did you mean shards?)");
  EXPECT_EQ(didYouMean("verbose", flags, "--"), "");
}

// The stupid twin: every way to edit the ends of two words.
std::size_t editsBetween(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.size() + b.size();
  std::size_t least = std::min({editsBetween(a.substr(1), b) + 1, editsBetween(a, b.substr(1)) + 1,
                                editsBetween(a.substr(1), b.substr(1)) + (a[0] != b[0] ? 1 : 0)});
  if (a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0]) {
    least = std::min(least, editsBetween(a.substr(2), b.substr(2)) + 1);
  }
  return least;
}

RC_GTEST_PROP(DidYouMean, findsANearestWordIffThereIsOne, ()) {
  auto word = rc::gen::resize(6, rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c')));
  std::string wrong = *word;
  auto known = *rc::gen::container<std::vector<std::string>>(
      rc::gen::suchThat(word, [](const std::string& one) { return !one.empty(); }));
  std::size_t limit = std::max<std::size_t>(2, wrong.size() / 3);
  std::string nearest;
  std::size_t least = limit + 1;
  for (const std::string& one : known) {
    std::size_t edits = editsBetween(wrong, one);
    bool leavesSomething = edits < std::max(wrong.size(), one.size());
    if (edits < least && leavesSomething) {
      least = edits;
      nearest = one;
    }
  }
  RC_ASSERT(nearestWord(wrong, known) == nearest);
}

}  // namespace
}  // namespace henge

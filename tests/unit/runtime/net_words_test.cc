#include "core/net_words.h"

#include <cerrno>
#include <gtest/gtest.h>

namespace henge {
namespace {

TEST(NetWords, areOurOwn) {
  EXPECT_EQ(netWords(ECONNREFUSED), "connection refused");
  EXPECT_EQ(netWords(EMFILE), "too many open files in this process");
}

TEST(NetWords, giveTheNumberOfWhatHasNone) { EXPECT_EQ(netWords(9999), "system error 9999"); }

}  // namespace
}  // namespace henge

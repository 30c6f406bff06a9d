#include "server/coordinator/counters.h"

#include <gtest/gtest.h>

namespace henge::coordinator {
namespace {

TEST(Counters, everyOneHasAName) {
  EXPECT_EQ(Counters().named().size(), sizeof(Counters) / sizeof(std::uint64_t));
}

TEST(Counters, namesAreAsScriptsKnowThem) {
  Counters counters;
  counters.writesMissing = 3;
  EXPECT_EQ(counters.named().at("writes_missing_a_replica"), 3);
}

}  // namespace
}  // namespace henge::coordinator

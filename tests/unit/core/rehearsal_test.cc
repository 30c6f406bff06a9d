#include "core/rehearsal.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace henge {
namespace {

TEST(Rehearsal, IsOffOutsideTheSimulator) {
  EXPECT_EQ(rehearsal, nullptr);
  EXPECT_FALSE(maybe("here"));
  probe("there");
}

TEST(Rehearsal, TellsTheSimulatorAndIsToldByIt) {
  struct Noting final : Rehearsal {
    bool takes(std::string_view site) override { return site == "yes"; }
    void reached(std::string_view site) override { sites.emplace_back(site); }
    std::vector<std::string> sites;
  } noting;
  rehearsal = &noting;
  EXPECT_TRUE(maybe("yes"));
  EXPECT_FALSE(maybe("no"));
  probe("deep");
  rehearsal = nullptr;
  EXPECT_EQ(noting.sites, std::vector<std::string>{"deep"});
}

}  // namespace
}  // namespace henge

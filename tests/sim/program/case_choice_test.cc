#include "tests/sim/program/case_choice.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/program/case_file.h"
#include "tests/sim/program/fitting.h"

namespace henge::sim {
namespace {

using testing::HasSubstr;

CaseChoice choiceOf(const std::vector<std::string_view>& words, std::uint64_t base = 50) {
  Result<CaseChoice> choice = CaseChoice::from(*parseArguments(words), base);
  EXPECT_TRUE(choice.ok()) << (choice.ok() ? "" : choice.error().message);
  return *choice;
}

std::string complaint(const std::vector<std::string_view>& words) {
  const Result<CaseChoice> choice = CaseChoice::from(*parseArguments(words), 1);
  return choice.ok() ? "(none)" : choice.error().message;
}

TEST(CaseChoice, SeedsFromTheBaseOn) {
  const CaseChoice choice = choiceOf({"--seeds", "3"});
  EXPECT_EQ(choice.count(), 3U);
  EXPECT_EQ(choice.nameAt(2), "seed 52");
  EXPECT_EQ(choice.at(2).settings, drawSettings(52));
  EXPECT_EQ(choice.at(2).faults, drawFaults(drawSettings(52)));
  EXPECT_EQ(choiceOf({"--seed-base", "9"}).seedAt(1), 10U);
  EXPECT_EQ(choiceOf({"--seed", "8"}).nameAt(0), "seed 8");
}

TEST(CaseChoice, WhatIsOverriddenIsInTheCommandToo) {
  const CaseChoice choice = choiceOf({"--seed", "8", "--set", "keys=2", "--no-faults"});
  EXPECT_EQ(choice.at(0).settings.keys, 2);
  EXPECT_TRUE(choice.at(0).faults.empty());
  EXPECT_EQ(choice.replayOf(0), "./x sim --seed 8 --set keys=2 --no-faults");
}

TEST(CaseChoice, NodesAndReplicationFollowEachOther) {
  const CaseChoice two = choiceOf({"--seeds", "40", "--set", "nodes=2"});
  const CaseChoice five = choiceOf({"--seeds", "40", "--set", "replication=5"});
  for (std::uint64_t i = 0; i < 40; ++i) {
    EXPECT_TRUE(checkShape(two.at(i).settings).ok());
    EXPECT_GE(five.at(i).settings.nodes, 5);
    for (const Fault& fault : two.at(i).faults) EXPECT_LT(fault.a, 2U);
  }
}

TEST(CaseChoice, ImpossibleOnesAreRefused) {
  EXPECT_EQ(complaint({"--set", "clients=0"}), "clients must be at least 1");
  EXPECT_EQ(complaint({"--set", "nodes=2", "--set", "replication=3"}),
            "replication 3 wants as many nodes, not 2");
  EXPECT_THAT(complaint({"--case", "no/such.case"}), HasSubstr("no/such.case"));
}

TEST(CaseChoice, AFileIsWhatWasSaved) {
  const std::string folder = testing::TempDir() + "henge_case_choice";
  FailingCase found{{drawSettings(3), {}}, {"SIGABRT at a.cc:1", "it crashed", 1_s, {}}};
  found.what.faults = drawFaults(found.what.settings);
  const Result<std::string> path = saveCase(folder, found);
  ASSERT_TRUE(path.ok());
  EXPECT_THAT(*path, HasSubstr("/SIGABRT-at-a.cc-1-"));
  const CaseChoice choice = choiceOf({"--case", *path});
  EXPECT_EQ(print(choice.at(0)), print(found.what));
  EXPECT_EQ(choice.nameAt(0), "case " + *path);
  std::filesystem::remove_all(folder);
}

TEST(SaveCase, AFolderThatCannotBeIsAnError) {
  const std::string file = testing::TempDir() + "henge_no_folder";
  std::ofstream(file) << "x";
  EXPECT_FALSE(saveCase(file, FailingCase{}).ok());
  std::filesystem::remove(file);
}

TEST(Fitting, FaultsOfMissingNodesHappenToOthers) {
  Case what;
  what.settings.nodes = 3;
  what.faults = {{1_s, FaultKind::partial, 1, 4, 1_s, 0},
                 {2_s, FaultKind::crash, 5, 5, 1_s, 0},
                 {400_s, FaultKind::crash, 0, 0, 1_s, 0}};
  fitFaults(what);
  ASSERT_EQ(what.faults.size(), 2U);  // the last would come when all is healed
  EXPECT_EQ(what.faults[0].a, 1U);
  EXPECT_EQ(what.faults[0].b, 2U);
  EXPECT_EQ(what.faults[1].a, 2U);
}

TEST(Fitting, WhatNeedsMoreNodesOrCopiesIsLeftOut) {
  Case what;
  what.settings.nodes = what.settings.replication = 1;
  for (const FaultKind kind :
       {FaultKind::wipe, FaultKind::oneWay, FaultKind::bridge, FaultKind::powerCutAll}) {
    what.faults.push_back({1_s, kind, 0, 0, 1_s, 0});
  }
  fitFaults(what);
  ASSERT_EQ(what.faults.size(), 1U);
  EXPECT_EQ(what.faults[0].kind, FaultKind::powerCutAll);
}

TEST(Fitting, WhatIsDrawnFitsAlready) {
  for (std::uint64_t seed = 1; seed < 200; ++seed) {
    Case what{drawSettings(seed), {}};
    what.faults = drawFaults(what.settings);
    const std::vector<Fault> drawn = what.faults;
    fitFaults(what);
    EXPECT_EQ(what.faults, drawn) << seed;
    EXPECT_TRUE(checkShape(what.settings).ok()) << seed;
  }
}

}  // namespace
}  // namespace henge::sim

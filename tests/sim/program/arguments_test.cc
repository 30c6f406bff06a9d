#include "tests/sim/program/arguments.h"

#include <gtest/gtest.h>

namespace henge::sim {
namespace {

using Words = std::vector<std::string_view>;

Arguments parsed(const Words& words) {
  const Result<Arguments> arguments = parseArguments(words);
  EXPECT_TRUE(arguments.ok()) << (arguments.ok() ? "" : arguments.error().message);
  return arguments.ok() ? *arguments : Arguments{};
}

std::string complaint(const Words& words) {
  const Result<Arguments> arguments = parseArguments(words);
  return arguments.ok() ? "(none)" : arguments.error().message;
}

TEST(Arguments, NoneMeansManySeedsByLot) {
  const Arguments arguments = parsed({});
  EXPECT_EQ(arguments.seeds, 1000U);
  EXPECT_FALSE(arguments.seedBase || arguments.isSingle());
  EXPECT_EQ(arguments.seedSeconds, 120U);
  EXPECT_EQ(arguments.twicePercent, 5U);
  EXPECT_TRUE(arguments.shrink);
}

TEST(Arguments, AllAreTaken) {
  const Arguments arguments = parsed({"--seeds",
                                      "7",
                                      "--seed-base",
                                      "40",
                                      "--stop-at-first",
                                      "--jobs",
                                      "3",
                                      "--twice",
                                      "100",
                                      "--seed-seconds",
                                      "9",
                                      "--shrink-seconds",
                                      "8",
                                      "--trace",
                                      "--no-faults",
                                      "--no-shrink",
                                      "--save",
                                      "kept",
                                      "--set",
                                      "nodes=5",
                                      "--set",
                                      "driftPpm=-3"});
  EXPECT_EQ(arguments.seeds, 7U);
  EXPECT_EQ(arguments.seedBase, 40U);
  EXPECT_TRUE(arguments.stopAtFirst && arguments.trace && arguments.noFaults);
  EXPECT_FALSE(arguments.shrink);
  EXPECT_EQ(arguments.jobs, 3U);
  EXPECT_EQ(arguments.twicePercent, 100U);
  EXPECT_EQ(arguments.seedSeconds, 9U);
  EXPECT_EQ(arguments.shrinkSeconds, 8U);
  EXPECT_EQ(arguments.saveFolder, "kept");
  EXPECT_EQ(arguments.set, (std::vector<NamedValue>{{"nodes", "5"}, {"driftPpm", "-3"}}));
}

TEST(Arguments, OneSeedOrOneFile) {
  EXPECT_EQ(parsed({"--seed", "12", "--echo"}).seed, 12U);
  EXPECT_TRUE(parsed({"--seed", "12"}).isSingle());
  EXPECT_EQ(parsed({"--case", "a.case"}).caseFile, "a.case");
  EXPECT_TRUE(parsed({"--case", "a.case"}).isSingle());
}

TEST(Arguments, ALargeClusterGoesWithASeed) {
  const Arguments arguments = parsed({"--nodes", "1000", "--seed", "3"});
  EXPECT_EQ(arguments.nodes, 1000U);
  EXPECT_EQ(arguments.seed, 3U);
  EXPECT_TRUE(parsed({"--nodes", "100"}).isSingle());
  EXPECT_EQ(complaint({"--nodes", "100", "--seeds", "2"}),
            "--nodes goes with --seed and --set only");
}

TEST(Arguments, TheLastWordCounts) {
  EXPECT_TRUE(parsed({"--no-shrink", "--shrink"}).shrink);
  EXPECT_EQ(parsed({"--seeds", "1", "--seeds", "2"}).seeds, 2U);
}

TEST(Arguments, WrongOnesAreNamedInOneSentence) {
  EXPECT_EQ(complaint({"seeds"}), "unknown argument \"seeds\"; see --help");
  EXPECT_EQ(complaint({"--seeds"}), "--seeds wants a value");
  EXPECT_EQ(complaint({"--twice", "101"}), "--twice wants a number from 0 to 100, not \"101\"");
  EXPECT_EQ(complaint({"--jobs", "0"}), "--jobs wants a number from 1 to 1024, not \"0\"");
  EXPECT_EQ(complaint({"--set", "nodes"}), "--set wants name=value, not \"nodes\"");
  EXPECT_EQ(complaint({"--set", "knots=3"}), "no setting is named \"knots\"");
  EXPECT_EQ(complaint({"--set", "nodes=x"}), "nodes wants a whole number, not \"x\"");
  EXPECT_EQ(complaint({"--case", ""}), "--case wants a path");
}

TEST(Arguments, NumbersAreWholeAndFit) {
  for (const std::string_view word : {"", "-1", "1x", " 1", "1e3", "9223372036854775808"}) {
    EXPECT_NE(complaint({"--seed", word}), "(none)") << word;
  }
  EXPECT_EQ(parsed({"--seed", "9223372036854775807"}).seed, 9223372036854775807U);
}

TEST(Arguments, OneSourceOfCases) {
  for (const Words& words :
       {Words{"--seed", "1", "--case", "x"}, Words{"--seed", "1", "--seeds", "2"},
        Words{"--case", "x", "--seed-base", "2"}}) {
    EXPECT_NE(complaint(words).find("exclude each other"), std::string::npos);
  }
  EXPECT_EQ(complaint({"--echo"}), "--echo wants --seed or --case");
}

TEST(Arguments, EveryOneIsInTheUsage) {
  for (const std::string_view name :
       {"--seeds", "--seed-base", "--seed ", "--case", "--set", "--no-faults", "--jobs",
        "--seed-seconds", "--twice", "--stop-at-first", "--echo", "--trace", "--no-shrink",
        "--shrink-seconds", "--save"}) {
    EXPECT_NE(usage().find(name), std::string_view::npos) << name;
  }
}

}  // namespace
}  // namespace henge::sim

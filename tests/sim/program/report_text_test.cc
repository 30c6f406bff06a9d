#include "tests/sim/program/report_text.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "known_probes.h"
#include "tests/sim/program/case_file.h"

namespace henge::sim {
namespace {

using testing::HasSubstr;

FailingCase found() {
  Case what;
  what.settings.seed = 7;
  what.settings.nodes = 5;
  what.faults.push_back({12_s, FaultKind::powerCut, 2, 0, 1500_ms, 0});
  return {what,
          {"okMeansQuorum", "I4 okMeansQuorum at 12.5 s: one has it", 12500_ms, {"12.4 n2 ends"}}};
}

TEST(FindingText, SaysWhatAndWhereAndHowToSeeItAgain) {
  EXPECT_EQ(findingText("seed 7", found().finding, found().what, "./x sim --seed 7"),
            "violation in seed 7\n"
            "  I4 okMeansQuorum at 12.5 s: one has it\n"
            "  settings: seed 7, nodes 5\n"
            "  faults: 1\n"
            "  last events:\n"
            "    12.4 n2 ends\n"
            "  again: ./x sim --seed 7\n");
}

TEST(ShrunkText, IsSizesAndTheCase) {
  EXPECT_EQ(shrunkText({found(), 80, true}, 41.2),
            "shrunk to 1 faults, 4 clients, 12 keys, 5 nodes in 41 s, 80 candidates\n"
            "# I4 okMeansQuorum at 12.5 s: one has it\n"
            "seed 7\n"
            "nodes 5\n"
            "fault 12000000 powerCut a 2 b 0 lasts 1500000 amount 0\n");
  EXPECT_THAT(shrunkText({found(), 80, false}, 300), HasSubstr("300 s, 80 candidates; the time"));
}

TEST(CaseText, CanBeReadBackWhateverTheSentenceIs) {
  FailingCase crash = found();
  crash.finding.sentence = "the process ended by SIGABRT: a\nb c\nfault x";
  const Result<Case> parsed = parseCase(caseText(crash));
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(print(*parsed), print(crash.what));
}

TEST(ProbeTable, MostOftenFirstAndRareOnesMarked) {
  EXPECT_EQ(probeTable({{"a", 9}, {"b", 10}, {"c", 0}, {"d", 1000}}),
            "        1000  d\n"
            "          10  b\n"
            "           9  a  ◀ rarely\n"
            "           0  c  ◀ never\n");
}

TEST(Totals, AreTheSumsOfTheRuns) {
  Totals totals;
  totals.probes = {{"a", 0}, {"b", 0}, {"c", 0}};
  RunReport report;
  report.simulated = 900_s;
  report.ops = 500;
  report.okOps = 456;
  report.events = 4000;
  report.restarts = 3;
  report.probes = {{"a", 5}, {"b", 4}};
  totals.add(report);
  report.restarts = 0;
  report.cuts = 1;
  report.finding = found().finding;
  totals.add(report);
  EXPECT_EQ(sharesText(totals), "a restart in 50 % of the runs, a cut in 50 %\n");
  EXPECT_EQ(totalsLine(totals, 4),
            "seeds 2  cluster-hours 0.5  operations 1000 (91.2 % ok)  restarts 3  cuts 1  "
            "events 8000 (2000 per CPU second)  probes 1/3 reached ≥ 10 times  violations 1\n");
}

TEST(Totals, OfNothingDivideByNothing) {
  EXPECT_THAT(totalsLine(Totals{}, 0), HasSubstr("operations 0 (0.0 % ok)"));
}

TEST(KnownProbes, AreReadOffTheSources) {
  const auto knows = [](std::string_view site) {
    return std::count(std::begin(knownProbes), std::end(knownProbes), site) == 1;
  };
  EXPECT_TRUE(knows("replay: a torn tail"));
  EXPECT_TRUE(knows("get: writes a tombstone back"));  // one call, two names, two lines
  EXPECT_TRUE(knows("get: writes a value back"));
}

}  // namespace
}  // namespace henge::sim

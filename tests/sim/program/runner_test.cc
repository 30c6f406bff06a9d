// Runs in children: their reports, their deaths, their order.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/sim/program/run_in_order.h"

namespace henge::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

RunReport fullReport() {
  RunReport report;
  report.trace = 0xffff'ffff'ffff'ffffULL;
  report.events = 1;
  report.simulated = 3_s;
  report.ops = 4;
  report.okOps = 5;
  report.restarts = 6;
  report.cuts = 7;
  report.probes = {{"log: a mark alone", 8}, {"x", 9}};
  report.finding = {"fresh", "I5 fresh at 1.0 s: it is old", 1_s, {"    1.0 --  a", "b"}};
  return report;
}

TEST(RunReport, IsReadBackAsItWas) {
  EXPECT_EQ(decodeReport(encode(fullReport())), fullReport());
  EXPECT_EQ(decodeReport(encode(RunReport{})), RunReport{});
}

TEST(RunReport, ATextIsOneLineAndNotTooLong) {
  RunReport report;
  report.finding = {"fresh", "a\nb", {}, {std::string(2 * textBytesMax, 'x')}};
  const auto back = decodeReport(encode(report));
  ASSERT_TRUE(back && back->finding);
  EXPECT_EQ(back->finding->sentence, "a b");
  EXPECT_EQ(back->finding->events[0].size(), textBytesMax);
}

TEST(RunReport, AnythingElseIsNoReport) {
  const std::string text = encode(fullReport());
  EXPECT_FALSE(decodeReport(text.substr(0, text.size() - 1)));
  for (const char* wrong :
       {"events\n", "events x\n", "sentence early\n", "probe 1\n", "what 1\n"}) {
    EXPECT_FALSE(decodeReport(wrong)) << wrong;
  }
}

struct Taken {
  std::vector<std::uint64_t> indexes;
  std::vector<RunReport> reports;
};

Taken runAll(const Job& job, std::uint64_t count, RunLimits limits, std::uint64_t takeMax = 1000) {
  Taken taken;
  runInOrder(job, count, limits, [&](std::uint64_t index, const RunReport& report) {
    taken.indexes.push_back(index);
    taken.reports.push_back(report);
    return taken.indexes.size() < takeMax;
  });
  return taken;
}

RunReport numbered(std::uint64_t index) {
  RunReport report;
  report.ops = 100 + index;
  return report;
}

// No core file for a death that is wanted.
[[noreturn]] void dieBySegv() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  std::signal(SIGSEGV, SIG_DFL);
  std::fputs("the last words\n", stderr);
  std::raise(SIGSEGV);
  std::abort();
}

TEST(RunInOrder, ReportsComeInOrderWhoeverIsFirst) {
  for (const std::uint64_t processes : {1, 3, 50}) {
    const Taken taken = runAll(numbered, 20, {processes, 60_s});
    ASSERT_EQ(taken.indexes.size(), 20U);
    for (std::uint64_t i = 0; i < 20; ++i) {
      EXPECT_EQ(taken.indexes[i], i);
      EXPECT_EQ(taken.reports[i].ops, 100 + i);
    }
  }
}

TEST(RunInOrder, EndsWhenNoMoreIsWanted) {
  EXPECT_THAT(runAll(numbered, 1'000'000, {2, 60_s}, 3).indexes, ElementsAre(0, 1, 2));
}

TEST(RunInOrder, ACrashIsAFindingAndTheOthersGoOn) {
  const Job job = [](std::uint64_t index) {
    if (index == 1) dieBySegv();
    return numbered(index);
  };
  const Taken taken = runAll(job, 4, {1, 60_s});
  ASSERT_EQ(taken.reports.size(), 4U);
  ASSERT_TRUE(taken.reports[1].finding.has_value());
  EXPECT_EQ(taken.reports[1].finding->kind, "SIGSEGV");
  EXPECT_EQ(taken.reports[1].finding->sentence, "the process ended by SIGSEGV: the last words");
  EXPECT_FALSE(taken.reports[2].finding.has_value());
  EXPECT_EQ(taken.reports[3].ops, 103U);
}

TEST(RunInOrder, AnExitIsAFinding) {
  const Taken taken = runAll([](std::uint64_t) -> RunReport { ::_exit(23); }, 1, {1, 60_s});
  ASSERT_TRUE(taken.reports.at(0).finding.has_value());
  EXPECT_EQ(taken.reports[0].finding->kind, "exit 23");
}

TEST(RunInOrder, ARunWithoutEndIsAFinding) {
  const Job job = [](std::uint64_t index) {
    while (index == 0) ::pause();
    return numbered(index);
  };
  const Taken taken = runAll(job, 2, {1, 1_s});
  ASSERT_EQ(taken.reports.size(), 2U);
  ASSERT_TRUE(taken.reports[0].finding.has_value());
  EXPECT_EQ(taken.reports[0].finding->kind, Finding::tooSlow);
  EXPECT_EQ(taken.reports[0].finding->sentence, "tooSlow: still running after 1 s");
  EXPECT_EQ(taken.reports[1].ops, 101U);
}

TEST(LastWords, BeginWithTheError) {
  const std::string assertion = "sim: /src/world.cc:12: void f(): Assertion `a == b' failed.";
  EXPECT_EQ(tellingPart("noise\n" + assertion + "\n"), assertion);
  EXPECT_EQ(assertedAt("noise\n" + assertion + "\n"), "world.cc:12");
  EXPECT_THAT(tellingPart("a\n==1==ERROR: AddressSanitizer: x\n    #0 y\n"),
              StartsWith("==1==ERROR"));
  EXPECT_EQ(tellingPart("just words\n"), "just words");
  EXPECT_EQ(tellingPart(""), "");
  EXPECT_EQ(assertedAt("just words"), "");
  EXPECT_LT(tellingPart(std::string(5000, 'x') + "end").size(), 1000U);
  EXPECT_THAT(tellingPart(std::string(5000, 'x') + "end"), HasSubstr("xend"));
}

}  // namespace
}  // namespace henge::sim

#include "client/console.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <sstream>

#include "client/answer_text.h"
#include "client/exit_code.h"
#include "tests/unit/client/console_run.h"

namespace henge::client::testing {

namespace {

// ---- exit codes, all of them

struct Ending {
  bool isWrite;
  RequestErrorKind kind;
  Outcome outcome;
  int code;
};

class ExitCodes : public ::testing::TestWithParam<Ending> {};

TEST_P(ExitCodes, SayWhatBecameOfTheRequest) {
  FailureReport report;
  report.exchange.isWrite = GetParam().isWrite;
  report.error.kind = GetParam().kind;
  report.outcome = GetParam().outcome;
  EXPECT_EQ(exitCodeOf(report), GetParam().code);
}

constexpr auto none = Outcome::surelyNotApplied;
constexpr auto unknown = Outcome::unknown;

INSTANTIATE_TEST_SUITE_P(
    Errors, ExitCodes,
    ::testing::Values(Ending{true, RequestErrorKind::unavailable, none, 69},
                      Ending{true, RequestErrorKind::unavailable, unknown, 75},
                      Ending{true, RequestErrorKind::timeout, unknown, 75},
                      Ending{true, RequestErrorKind::overloaded, none, 69},
                      Ending{true, RequestErrorKind::overloaded, unknown, 75},
                      Ending{true, RequestErrorKind::rebuilding, none, 69},
                      Ending{true, RequestErrorKind::invalidRequest, none, 64},
                      Ending{true, RequestErrorKind::unsupported, none, 64},
                      Ending{false, RequestErrorKind::unavailable, unknown, 69},
                      Ending{false, RequestErrorKind::timeout, unknown, 75},
                      Ending{false, RequestErrorKind::overloaded, unknown, 69},
                      Ending{false, RequestErrorKind::rebuilding, unknown, 69}));

TEST(ExitCodes, ALostWriteIsUnknown) {
  FailureReport report;
  report.exchange.isWrite = true;
  report.outcome = unknown;
  report.lost = "connection closed";
  EXPECT_EQ(exitCodeOf(report), exitUnknown);
}

// ---- values

TEST(Console, RawGivesTheValueByteForByte) {
  FakeCluster cluster;
  const Bytes value("\0\n\xff tail\n", 9);
  ASSERT_EQ(runWords(cluster, {"put", "k", "-"}, {false, value, {}}).exit, 0);
  EXPECT_EQ(runWords(cluster, {"get", "k", "--output", "raw"}).out, value);
  EXPECT_EQ(runWords(cluster, {"get", "k"}).out, value + "\n");
}

TEST(Console, AValueOfManyBlocksIsReadWhole) {
  FakeCluster cluster;
  const Bytes value(300'001, 'x');
  ASSERT_EQ(runWords(cluster, {"put", "k", "-"}, {false, value, {}}).exit, 0);
  EXPECT_EQ(runWords(cluster, {"get", "k", "--output", "raw"}).out, value);
}

TEST(Console, LimitsOfTheNodeAreKeptAtThemAndNotOverThem) {
  FakeCluster cluster;
  Limits& limits = cluster.nodes.at(0).limits;
  limits.keyBytesMax = 8;
  limits.valueBytesMax = 8;
  EXPECT_EQ(runWords(cluster, {"put", "12345678", "12345678"}).exit, 0);
  EXPECT_EQ(runWords(cluster, {"put", "123456789", "1"}).exit, exitUsage);
  EXPECT_EQ(runWords(cluster, {"put", "1", "123456789"}).exit, exitUsage);
  EXPECT_EQ(runWords(cluster, {"get", "123456789"}).exit, exitUsage);
  EXPECT_EQ(cluster.calls().back(), "9000") << "dialled, and nothing was sent";
}

TEST(Console, NulAndHighBytesAreOrdinary) {
  FakeCluster cluster;
  EXPECT_EQ(runWords(cluster, {"put", "x'00ff'", "x'ff00'"}).exit, 0);
  EXPECT_EQ(runWords(cluster, {"get", "x'00ff'"}).out, Bytes("\xff\0\n", 3));
}

// ---- colours

bool coloured(const std::vector<std::string>& words, bool terminal, const Environment& env) {
  FakeCluster cluster;
  return runWords(cluster, words, {terminal, "", env}).out.find('\x1b') != std::string::npos;
}

TEST(Console, ColoursOnlyOnATerminalAndOnlyIfWanted) {
  EXPECT_TRUE(coloured({"status"}, true, {"", "xterm", ""}));
  EXPECT_FALSE(coloured({"status"}, false, {"", "xterm", ""}));
  EXPECT_FALSE(coloured({"status"}, true, {"", "dumb", ""}));
  EXPECT_FALSE(coloured({"status"}, true, {"", "xterm", "1"}));
  EXPECT_TRUE(coloured({"status", "--color", "always"}, false, {"", "dumb", "1"}));
  EXPECT_FALSE(coloured({"status", "--color=never"}, true, {"", "xterm", ""}));
}

// ---- streams

TEST(Console, HelpIsOneScreenAndNoError) {
  FakeCluster cluster;
  const ConsoleRun run = runWords(cluster, {"--help"});
  EXPECT_EQ(run.exit, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_LE(std::count(run.out.begin(), run.out.end(), '\n'), 40);
  EXPECT_TRUE(cluster.calls().empty()) << "help asks nobody";
}

TEST(Console, AFullDiskBehindStandardOutputIsAnError) {
  FakeCluster cluster;
  const FakeClock clock;
  Interrupt interrupt;
  std::ostringstream err;
  std::istringstream in;
  std::ostream full(nullptr);  // every write fails
  Screen screen{full, err, in};
  const std::vector<std::string> words = {"put", "k", "v"};
  EXPECT_EQ(runConsole(words, {cluster, clock, {}, "0", interrupt}, screen), exitIo);
  EXPECT_EQ(err.str(), "henge: standard output could not be written\n");
}

// ---- who is asked

TEST(Console, AWriteWhoseFateIsUnknownIsSentOnce) {
  FakeCluster cluster;
  cluster.next.push_back({"lost", "connection closed", {}, unknown, false});
  EXPECT_EQ(runWords(cluster, {"remove", "k"}).exit, exitUnknown);
  EXPECT_EQ(cluster.calls(), (std::vector<std::string>{"9000", "n0 remove k"}));
}

TEST(Console, EachNodeIsTriedOnce) {
  FakeCluster cluster;
  for (auto& [id, node] : cluster.nodes) node.answers = false;
  EXPECT_EQ(runWords(cluster, {"get", "k"}).exit, exitUnavailable);
  EXPECT_EQ(cluster.calls(), (std::vector<std::string>{"9000", "9001", "9002", "9003"}));
}

TEST(Console, TheStampersNameIsLookedUpOnlyWhenItIsShown) {
  FakeCluster cluster;
  ASSERT_EQ(runWords(cluster, {"--node=127.0.0.1:9001", "put", "k", "v"}).exit, 0);
  const ConsoleRun shown = runWords(cluster, {"--node=127.0.0.1:9002", "get", "k"}, {true, "", {}});
  EXPECT_NE(shown.err.find(" n1 "), std::string::npos) << shown.err;
}

}  // namespace

}  // namespace henge::client::testing

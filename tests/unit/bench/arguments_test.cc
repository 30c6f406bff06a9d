#include "client/bench/arguments.h"

#include <gtest/gtest.h>

namespace henge::bench {
namespace {

Result<Options> parsed(std::vector<std::string> words, const std::string& environment = "") {
  return parseArguments(words, environment);
}

std::string complaint(std::vector<std::string> words) {
  const Result<Options> options = parsed(std::move(words));
  return options.ok() ? "" : options.error().message;
}

TEST(BenchArguments, defaults) {
  const Result<Options> options = parsed({});
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->nodes.size(), 4u);
  EXPECT_EQ(options->level, Consistency::quorum);
  EXPECT_TRUE(options->load);
  EXPECT_FALSE(options->rate);
}

TEST(BenchArguments, allOfThem) {
  const Result<Options> options = parsed({"--node",
                                          "h:1",
                                          "--node=h:2",
                                          "--workload",
                                          "ycsb-b",
                                          "--keys_by",
                                          "uniform",
                                          "--level",
                                          "one",
                                          "--keys",
                                          "7",
                                          "--value=32",
                                          "--connections",
                                          "3",
                                          "--in_flight",
                                          "9",
                                          "--rate",
                                          "50",
                                          "--time",
                                          "2m",
                                          "--deadline_ms",
                                          "5",
                                          "--json",
                                          "-",
                                          "--seed",
                                          "4",
                                          "--pids",
                                          "1,2",
                                          "--skip_load",
                                          "--verify",
                                          "--only_nodes",
                                          "--report_every=250ms"},
                                         "ignored:1");
  ASSERT_TRUE(options.ok()) << options.error().message;
  EXPECT_EQ(options->nodes, (std::vector<std::string>{"h:1", "h:2"}));
  EXPECT_EQ(toString(options->workload), "get 95 % put 5 % · uniform");
  EXPECT_EQ(options->level, Consistency::one);
  EXPECT_EQ(options->keys, 7u);
  EXPECT_EQ(options->valueBytes, 32u);
  EXPECT_EQ(options->connectionsPerNode, 3);
  EXPECT_EQ(options->inFlight, 9);
  EXPECT_EQ(options->rate, 50);
  EXPECT_EQ(options->time, 120_s);
  EXPECT_EQ(options->deadlineMs, 5);
  EXPECT_EQ(options->json, "-");
  EXPECT_EQ(options->seed, 4u);
  EXPECT_EQ(options->pids, (std::vector<int>{1, 2}));
  EXPECT_FALSE(options->load);
  EXPECT_TRUE(options->verify);
  EXPECT_TRUE(options->onlyNodes);
  EXPECT_EQ(options->reportEvery, 250_ms);
}

TEST(BenchArguments, nodesOfTheEnvironment) {
  EXPECT_EQ(parsed({}, " a:1, b:2 ")->nodes, (std::vector<std::string>{"a:1", "b:2"}));
}

TEST(BenchArguments, spans) {
  EXPECT_EQ(parsed({"--time", "500ms"})->time, 500_ms);
  EXPECT_EQ(parsed({"--time", "3"})->time, 3_s);
  EXPECT_EQ(parsed({"--time", "1h"})->time, 3600_s);
  for (const char* wrong : {"", "0s", "-1s", "1d", "s", "999h", "99999999999999999999s"}) {
    EXPECT_FALSE(parsed({"--time", wrong}).ok()) << wrong;
  }
}

TEST(BenchArguments, refusalsSayWhatWouldBeRight) {
  EXPECT_EQ(complaint({"--kays", "1"}),
            "henge bench has no --kays (did you mean --keys?); see henge bench --help");
  EXPECT_EQ(complaint({"--keys", "0"}), "--keys is a whole number, 1 to 100000000, not \"0\"");
  EXPECT_EQ(complaint({"--keys"}), "--keys needs a value");
  EXPECT_EQ(complaint({"put"}), "henge bench takes flags, not \"put\"; see henge bench --help");
  EXPECT_EQ(complaint({"--level", "two"}), "--level is one, quorum or all, not \"two\"");
  EXPECT_EQ(complaint({"--verify", "--value", "31"}),
            "--verify needs values of at least 32 bytes (--value)");
  EXPECT_NE(complaint({"--verify=yes"}), "");
  EXPECT_EQ(complaint({"--report_every", "often"}),
            "--report_every is a span such as 500ms, 30s, 2m or 1h, at most seven days, not "
            "\"often\"");
  EXPECT_NE(complaint({"--pids", "1,x"}), "");
  EXPECT_NE(complaint({"--rate", "1e3"}), "");
}

TEST(BenchArguments, helpFitsAScreen) {
  EXPECT_TRUE(parsed({"--help"})->help);
  const std::string text = helpText();
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 40);
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = text.find('\n', from);
    EXPECT_LE(end - from, 100u);
    from = end + 1;
  }
}

}  // namespace
}  // namespace henge::bench

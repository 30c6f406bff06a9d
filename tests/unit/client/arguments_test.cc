#include "client/arguments.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/key_text.h"

namespace henge::client {

namespace {

Result<Invocation> parse(const std::vector<std::string>& words, const std::string& nodes = "") {
  return parseArguments(words, {nodes, "", ""});
}

std::vector<std::string> nodesOf(const Result<Invocation>& call) {
  std::vector<std::string> texts;
  for (const Address& address : call->options.nodes) texts.push_back(toString(address));
  return texts;
}

struct Wrong {
  std::vector<std::string> words;
  std::string says;
};

class WrongWords : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongWords, AreRefusedByName) {
  const Result<Invocation> call = parse(GetParam().words);
  ASSERT_FALSE(call.ok());
  EXPECT_EQ(call.error().kind, ErrorKind::invalidRequest);
  EXPECT_NE(call.error().message.find(GetParam().says), std::string::npos) << call.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Lines, WrongWords,
    ::testing::Values(
        Wrong{{"pt", "k", "v"}, "did you mean put?"},
        Wrong{{"deleet", "k"}, "did you mean delete?"},
        Wrong{{"--timeout-ms", "5", "get", "k"}, "did you mean --timeout_ms?"},
        Wrong{{"--timeout_ms", "0", "get", "k"}, "1 to 60000"},
        Wrong{{"--timeout_ms", "60001", "get", "k"}, "1 to 60000"},
        Wrong{{"--timeout_ms", "-5", "get", "k"}, "1 to 60000"},
        Wrong{{"--timeout_ms=1.5", "get", "k"}, "whole number of milliseconds"},
        Wrong{{"--timeout_ms=2s", "get", "k"}, "whole number of milliseconds"},
        Wrong{{"--node", "127.0.0.1:0", "status"}, "--node: "},
        Wrong{{"--node", "127.0.0.1:65536", "status"}, "--node: "},
        Wrong{{"--node", ":9000", "status"}, "--node: "}, Wrong{{"--node"}, "needs a value"},
        Wrong{{"-n", "status"}, "unknown flag -n"}, Wrong{{"-", "status"}, "unknown flag -"},
        Wrong{{"--color=red", "status"}, "auto, always or never"},
        Wrong{{"--help=yes"}, "takes no value"}, Wrong{{"put", "k", "v", "most"}, "most"},
        Wrong{{"get", "k", "one", "all"}, "one word too many"},
        Wrong{{"remove", "k", "--yes"}, "--yes belongs to accept only"},
        Wrong{{"ring", "k", "j"}, "too many"}, Wrong{{"accept"}, "needs one node"},
        Wrong{{"accept", "1", "2"}, "needs one node"},
        Wrong{{"accept", "-1"}, "not a node's number"},
        Wrong{{"accept", "4294967296"}, "not a node's number"},
        Wrong{{"get", "x'0g'"}, "no hex digit"},
        Wrong{{"get", "--", "k", "--output"}, "not a consistency level"}));

TEST(Arguments, FlagsStandBeforeTheCommandOrBehindIt) {
  const Result<Invocation> before =
      parse({"--output", "json", "--timeout_ms=7", "-q", "get", "k", "one"});
  const Result<Invocation> behind =
      parse({"get", "k", "--output=json", "one", "--quiet", "--timeout_ms", "7"});
  for (const Result<Invocation>& call : {before, behind}) {
    ASSERT_TRUE(call.ok()) << call.error().message;
    EXPECT_EQ(call->command, CommandKind::get);
    EXPECT_EQ(*call->key, "k");
    EXPECT_EQ(call->level, Consistency::one);
    EXPECT_EQ(call->options.output, OutputForm::json);
    EXPECT_EQ(call->options.timeoutMs, 7);
    EXPECT_TRUE(call->options.quiet);
  }
}

TEST(Arguments, NodesComeFromFlagsElseTheEnvironmentElseTheLocalFour) {
  EXPECT_EQ(nodesOf(parse({"--node", "a:1", "status", "--node=b:2"}, "c:3")),
            (std::vector<std::string>{"a:1", "b:2"}));
  EXPECT_EQ(nodesOf(parse({"status"}, "c:3, d:4 [::1]:5")),
            (std::vector<std::string>{"c:3", "d:4", "[::1]:5"}));
  EXPECT_EQ(nodesOf(parse({"status"}, " ,")),
            (std::vector<std::string>{"127.0.0.1:9000", "127.0.0.1:9001", "127.0.0.1:9002",
                                      "127.0.0.1:9003"}));
}

TEST(Arguments, TooManyNodesAreRefused) {
  std::vector<std::string> words = {"status"};
  for (std::size_t i = 0; i < nodesMax; ++i) words.push_back("--node=a:1");
  EXPECT_TRUE(parse(words).ok());
  words.push_back("--node=a:1");
  EXPECT_FALSE(parse(words).ok());
}

TEST(Arguments, ValuesAreAbsentOnlyForStandardInput) {
  EXPECT_FALSE(parse({"put", "k", "-"})->value.has_value());
  EXPECT_EQ(*parse({"put", "k", ""})->value, "");
  EXPECT_EQ(*parse({"put", "k", "\"\""})->value, "");
  EXPECT_EQ(*parse({"put", "k", "x'00ff'"})->value, Bytes("\0\xff", 2));
  EXPECT_EQ(*parse({"put", "k", "--", "--output"})->value, "--output");
}

TEST(Arguments, HelpWinsOverWhatTheCommandLacks) {
  EXPECT_EQ(parse({"--help"})->command, CommandKind::help);
  EXPECT_EQ(parse({"put", "--help"})->topic, "put");
  EXPECT_EQ(parse({"delete", "--help"})->topic, "remove");
  EXPECT_EQ(parse({"--version"})->command, CommandKind::version);
  EXPECT_EQ(parse({"get", "-h"})->command, CommandKind::get) << "behind the command it is a key";
}

RC_GTEST_PROP(Arguments, EveryKeyCanBeWrittenBehindTwoDashes, (std::string key)) {
  RC_PRE(!key.empty());
  const Result<Invocation> call = parse({"get", "--", toKeyText(key)});
  RC_ASSERT(call.ok());
  RC_ASSERT(*call->key == key);
}

}  // namespace

}  // namespace henge::client

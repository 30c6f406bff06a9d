#include "client/shell/shell.h"

#include <gtest/gtest.h>
#include <sstream>

#include "client/exit_code.h"
#include "tests/unit/client/console_run.h"

namespace henge::client::testing {

namespace {

// Lines that were typed before anybody asked.
class Script final : public LineSource {
 public:
  explicit Script(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  LineRead next(const std::string& prompt) override {
    prompts.push_back(prompt);
    if (at_ == lines_.size()) return {LineRead::Kind::end, ""};
    const std::string& line = lines_[at_++];
    if (line == "^C") return {LineRead::Kind::interrupted, ""};
    return {LineRead::Kind::line, line};
  }

  std::vector<std::string> prompts;

 private:
  const std::vector<std::string> lines_;
  std::size_t at_ = 0;
};

RequestError errorOf(RequestErrorKind kind) {
  RequestError error;
  error.kind = kind;
  return error;
}

class ShellTest : public ::testing::Test {
 protected:
  int run(std::vector<std::string> lines, bool isTyped = false) {
    Script script(std::move(lines));
    std::istringstream in;
    Screen screen{out, err, in, isTyped, isTyped};
    const Surroundings around{cluster, clock, {}, "0.1.0", interrupt};
    const int code = Shell(script, session, around, screen, isTyped).run();
    prompts = script.prompts;
    return code;
  }

  static Options fourNodes() {
    Options options;
    for (std::uint16_t port = 9000; port <= 9003; ++port)
      options.nodes.push_back({"127.0.0.1", port});
    return options;
  }

  FakeCluster cluster;
  FakeClock clock;
  Interrupt interrupt;
  Session session{fourNodes(), 0xc1};
  std::ostringstream out;
  std::ostringstream err;
  std::vector<std::string> prompts;
};

TEST_F(ShellTest, TheLevelStandsInThePromptAndInTheRequests) {
  EXPECT_EQ(run({"consistency one", "put k v", "consistency", "put k v all", "keys u8"}, true), 0);
  EXPECT_EQ(prompts, (std::vector<std::string>{"n0 QUORUM> ", "n0 ONE> ", "n0 ONE> ", "n0 ONE> ",
                                               "n0 ONE> ", "n0 ONE u8> "}));
  EXPECT_NE(out.str().find("(needed 1)"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("(needed 3)"), std::string::npos) << out.str();
}

TEST_F(ShellTest, BareKeysAreReadAsToldAndMarkedOnesAlwaysTheSame) {
  run({"keys u8", "put 137 a", "keys hex", "put 00ff b", "put \"t\" c", "keys text", "put 137 d"});
  EXPECT_EQ(err.str(), "");
  EXPECT_TRUE(cluster.held.contains("\x89"));
  EXPECT_TRUE(cluster.held.contains(Bytes("\0\xff", 2)));
  EXPECT_TRUE(cluster.held.contains("t"));
  EXPECT_TRUE(cluster.held.contains("137"));
}

TEST_F(ShellTest, TraceOnHoldsUntilItIsOff) {
  const std::string trace = "  0.00  n0  the request is read\nThe end.\n";
  const auto countIn = [&](const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(trace, at)) != text.npos; ++at) ++count;
    return count;
  };
  const auto traces = [&](const std::vector<std::string>& lines, bool isTyped) {
    out.str("");
    err.str("");
    EXPECT_EQ(run(lines, isTyped), 0);
    return std::pair(countIn(out.str()), countIn(err.str()));
  };
  using Counts = std::pair<std::size_t, std::size_t>;
  EXPECT_EQ(traces({"put k v", "get k"}, true), Counts(0, 0));
  EXPECT_EQ(traces({"trace on", "put k v", "retry", "get k", "remove k", "status"}, true),
            Counts(4, 0));
  EXPECT_EQ(traces({"put k v", "get k", "trace off", "get k", "put k v"}, true), Counts(2, 0))
      << "it outlives a run of lines";
  EXPECT_EQ(traces({"put k v", "get k", "get k --trace", "trace"}, true), Counts(1, 0));
  EXPECT_TRUE(out.str().ends_with("Requests do not tell their way.\n"));
  // From a pipe, what was asked for stays alone.
  EXPECT_EQ(traces({"trace on", "get k"}, false), Counts(0, 1));
  EXPECT_EQ(out.str(), "Requests tell their way.\nv\n");
  EXPECT_EQ(prompts.back(), "n0 QUORUM> ") << "nothing of it in the prompt";
}

TEST_F(ShellTest, AFirstFailureEndsAPipeAndGivesItsExitCode) {
  EXPECT_EQ(run({"get nosuch", "put k", "put k v"}), exitUsage);
  EXPECT_EQ(cluster.held.size(), 0U);
  EXPECT_NE(err.str().find("henge: that was line 2: put k; stopped there\n"), std::string::npos);
}

TEST_F(ShellTest, ToldToGoOnItDoesAndGivesTheFirstExitCode) {
  session.standing.options.onError = OnError::go;
  cluster.next.push_back({"", "", errorOf(RequestErrorKind::timeout), {}, false});
  EXPECT_EQ(run({"put k", "put k v", "put j v"}), exitUsage);
  EXPECT_TRUE(cluster.held.contains("j"));
}

TEST_F(ShellTest, TypedLinesEndNothing) {
  EXPECT_EQ(run({"nosuch", "^C", "put k v", "exit", "put j v"}, true), 0);
  EXPECT_TRUE(cluster.held.contains("k"));
  EXPECT_FALSE(cluster.held.contains("j")) << "behind exit";
}

TEST_F(ShellTest, RetrySendsTheSameVersion) {
  cluster.next.push_back({"", "", errorOf(RequestErrorKind::timeout), Outcome::unknown, false});
  EXPECT_EQ(run({"put k v one", "retry"}, true), 0);
  const Version sent = session.lastWrite->version.value();
  EXPECT_EQ(sent.writer, 0xc1U);
  EXPECT_EQ(cluster.held.at("k").begin()->second.version, sent);
  EXPECT_NE(err.str().find("The same write again:  retry"), std::string::npos) << err.str();
}

TEST_F(ShellTest, ALostWriteGoesToTheNextNodeAsTheSameWrite) {
  cluster.next.push_back({"lost", "connection closed", {}, {}, false});
  EXPECT_EQ(run({"put k v"}), 0);
  EXPECT_NE(err.str().find("n0 127.0.0.1:9000 does not answer (connection closed); now asking n1"),
            std::string::npos)
      << err.str();
  EXPECT_EQ(session.asked, NodeId{1});
  EXPECT_EQ(cluster.held.at("k").begin()->second.version, session.lastWrite->version.value());
}

TEST_F(ShellTest, WhatWasLostStaysUnknownWhateverTheLastNodeSays) {
  cluster.next.push_back({"lost", "connection closed", {}, {}, false});
  cluster.next.push_back(
      {"", "", errorOf(RequestErrorKind::overloaded), Outcome::surelyNotApplied, false});
  EXPECT_EQ(run({"put k v"}), exitUnknown);
}

TEST_F(ShellTest, AnotherNodeIsNamedOnceAndKept) {
  cluster.nodes.at(0).answers = false;
  EXPECT_EQ(run({"get k", "get k"}, true), 0);
  const std::string said = err.str();
  const std::string miss = "n0 127.0.0.1:9000 does not answer";
  EXPECT_EQ(said.find("does not answer"), said.rfind("does not answer")) << said;
  EXPECT_EQ(prompts.back(), "n1 QUORUM> ");
}

TEST_F(ShellTest, AMemberThatWasNotNamedIsAskedToo) {
  session.standing.options.nodes.resize(1);
  EXPECT_EQ(run({"put k v"}), 0);
  cluster.nodes.at(0).answers = false;
  EXPECT_EQ(run({"put j v"}), 0) << err.str();
}

TEST_F(ShellTest, AnInterruptedRequestIsCancelled) {
  interrupt.raise();
  cluster.nodes.at(0).answers = false;
  EXPECT_EQ(run({"put k v"}, true), 0);
  EXPECT_FALSE(interrupt.isRaised()) << "it was for the line before";
  EXPECT_TRUE(cluster.held.contains("k"));
}

TEST_F(ShellTest, WrongLinesAreObjectsWhereJsonWasAskedFor) {
  session.standing.options.output = OutputForm::json;
  EXPECT_EQ(run({"pt k v"}), exitUsage);
  EXPECT_EQ(out.str().substr(0, 47), R"({"v":1,"type":"error","command":"","error":"usa)");
}

TEST_F(ShellTest, WrongLinesWriteNothingThatATerminalObeys) {
  run({"pt\x1b]0;evil\x07 k v"});
  EXPECT_NE(err.str().find("henge: unknown command \"pt?]0;evil?\"\n  henge help"),
            std::string::npos)
      << err.str();
  EXPECT_EQ(err.str().find('\x1b'), std::string::npos);
}

TEST_F(ShellTest, StandardInputIsTheLines) {
  session.standing.whyNoInput = "- is standard input";
  EXPECT_EQ(run({"put k -"}), exitUsage);
  EXPECT_EQ(run({"put k \"-\""}), 0) << "the value of one dash";
}

TEST(OneCommand, RefusesWhatSpeaksOfLaterLines) {
  FakeCluster cluster;
  const ConsoleRun run = runWords(cluster, {"consistency", "one"});
  EXPECT_EQ(run.exit, exitUsage);
  EXPECT_NE(run.err.find("henge without a command takes lines"), std::string::npos) << run.err;
}

}  // namespace

}  // namespace henge::client::testing

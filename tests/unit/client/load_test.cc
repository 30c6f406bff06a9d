#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "client/exit_code.h"
#include "client/load/line_input.h"
#include "client/load/load_ledger.h"
#include "client/load/load_row.h"
#include "client/load/load_text.h"

namespace henge::client {

namespace {

// ---- lines

TEST(LoadRow, IsKeyTabValue) {
  const Result<LoadRow> row = parseLoadRow("user:7\tAda L.");
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(row->key, "user:7");
  EXPECT_EQ(row->value, "Ada L.");
  EXPECT_EQ(parseLoadRow("k\t")->value, "");
}

TEST(LoadRow, EscapesGiveEveryByte) {
  const Result<LoadRow> row = parseLoadRow("a\\x00\\t\tb\\n\\r\\\\\\xff");
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(row->key, Bytes("a\0\t", 3));
  EXPECT_EQ(row->value, "b\n\r\\\xff");
  EXPECT_EQ(parseLoadRow("\"k\"\tx'00'")->key, "\"k\"") << "nothing else is meant otherwise";
}

TEST(LoadRow, WhatIsWrongIsSaid) {
  EXPECT_EQ(parseLoadRow("k v").error().message, "there is no tab between key and value");
  EXPECT_EQ(parseLoadRow("\tv").error().message, "the key is empty");
  EXPECT_EQ(parseLoadRow("k\tv\tw").error().message,
            "there are two tabs; one within a value is written \\t");
  EXPECT_EQ(parseLoadRow("k\t\\x0g").error().message, "the value: \\x needs two hex digits");
  EXPECT_EQ(parseLoadRow("k\\").error().message, "there is no tab between key and value");
  EXPECT_NE(parseLoadRow("k\\q\tv").error().message.find("the key: the backslash at byte 2"),
            std::string::npos);
  EXPECT_FALSE(parseLoadRow("k\tv\\").ok());
}

// ---- the file

class LineInputTest : public ::testing::Test {
 protected:
  LineInputTest() {
    char name[] = "/tmp/henge_lines_XXXXXX";
    descriptor_ = ::mkstemp(name);
    path_ = name;
  }
  ~LineInputTest() override {
    ::close(descriptor_);
    ::unlink(path_.c_str());
  }

  std::vector<std::string> linesOf(const std::string& text) {
    EXPECT_EQ(::ftruncate(descriptor_, 0), 0);
    EXPECT_EQ(::pwrite(descriptor_, text.data(), text.size(), 0), std::ssize(text));
    Result<LineInput> input = LineInput::open(path_, interrupt_);
    std::vector<std::string> lines;
    while (std::optional<std::string> line = *input->next()) lines.push_back(*line);
    EXPECT_EQ(input->bytesTaken(), text.size());
    EXPECT_EQ(input->bytesInAll(), text.size());
    return lines;
  }

  Interrupt interrupt_;
  int descriptor_ = -1;
  std::string path_;
};

TEST_F(LineInputTest, GivesEveryLineAndTheLastWithoutItsNewlineToo) {
  EXPECT_EQ(linesOf("a\n\nb"), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(linesOf("a\n"), std::vector<std::string>{"a"});
  EXPECT_TRUE(linesOf("").empty());
  const std::string longLine(700'000, 'x');
  EXPECT_EQ(linesOf(longLine + "\nb"), (std::vector<std::string>{longLine, "b"}));
}

TEST_F(LineInputTest, EndsWhenInterrupted) {
  EXPECT_EQ(::pwrite(descriptor_, "a\nb\n", 4, 0), 4);
  interrupt_.raise();
  Result<LineInput> input = LineInput::open(path_, interrupt_);
  EXPECT_FALSE(input->next()->has_value());
  interrupt_.clear();
  EXPECT_EQ(**input->next(), "a");
}

TEST_F(LineInputTest, WhatCannotBeOpenedIsNamedWithItsCause) {
  EXPECT_EQ(LineInput::open("/nosuch/file", interrupt_).error().message,
            "/nosuch/file: No such file or directory");
  EXPECT_EQ(LineInput::open("/tmp", interrupt_).error().message, "/tmp: it is a directory");
}

// ---- what became of the lines

PutResult stored() {
  PutResult result;
  result.outcome = Outcome::applied;
  return result;
}

PutResult failed(FailureKind kind, Outcome outcome) {
  PutResult result;
  result.outcome = outcome;
  result.failure.emplace();
  result.failure->kind = kind;
  result.failure->message = "because";
  return result;
}

TEST(LoadLedger, StoredUpToStopsAtWhatIsUnderWayOrFailed) {
  LoadLedger ledger;
  for (std::uint64_t line = 1; line <= 4; ++line) ledger.begin(line);
  ledger.end(1, stored());
  ledger.end(3, stored());
  EXPECT_EQ(ledger.counts().storedUpTo, 1U);
  EXPECT_EQ(ledger.counts().underWay, 2U);
  ledger.end(2, stored());
  EXPECT_EQ(ledger.counts().storedUpTo, 3U);
  ledger.end(4, failed(FailureKind::timeout, Outcome::unknown));
  EXPECT_EQ(ledger.counts().storedUpTo, 3U);
  EXPECT_EQ(ledger.counts().stored, 3U);
  ledger.refuse(2, "later found", exitUsage);
  EXPECT_EQ(ledger.counts().storedUpTo, 1U);
}

TEST(LoadLedger, KeepsTheFirstFailuresInOrderWithTheirExitCodes) {
  LoadLedger ledger;
  for (std::uint64_t line = 9; line >= 1; --line) ledger.refuse(line, "bad", exitUsage);
  const LoadCounts counts = ledger.counts();
  ASSERT_EQ(counts.first.size(), LoadLedger::failuresShownMax);
  EXPECT_EQ(counts.first.front().line, 1U);
  EXPECT_EQ(counts.first.back().line, 5U);
  EXPECT_EQ(counts.failed, 9U);
}

TEST(LoadLedger, ExitCodesSayWhatBecameOfTheFirst) {
  const auto exitOf = [](FailureKind kind, Outcome outcome) {
    LoadLedger ledger;
    ledger.begin(1);
    ledger.end(1, failed(kind, outcome));
    return ledger.counts().first.front().exit;
  };
  EXPECT_EQ(exitOf(FailureKind::timeout, Outcome::unknown), exitUnknown);
  EXPECT_EQ(exitOf(FailureKind::unreachable, Outcome::surelyNotApplied), exitUnavailable);
  EXPECT_EQ(exitOf(FailureKind::invalidRequest, Outcome::surelyNotApplied), exitUsage);
}

TEST(LoadText, SaysHowFarItCameAndHowToGoOn) {
  LoadCounts counts;
  counts.lines = 12'400;
  counts.stored = 12'345;
  counts.storedUpTo = 12'300;
  EXPECT_EQ(
      loadTrouble("my file", counts, true),
      "CANCELLED\n  Stored for sure: each line up to 12300, and 45 of the later ones; read up "
      "to line 12400.\n  Go on:  tail -n +12301 'my file' | henge load -\n");
  EXPECT_EQ(loadTrouble("f", counts, false), "") << "all went well";
  counts.first = {{12'301, "bad\x1b", exitUsage}};
  counts.failed = 8;
  EXPECT_EQ(loadTrouble("-", counts, false).substr(0, 52),
            "henge: line 12301: bad?\nhenge: and 7 more lines\n  St");
}

}  // namespace

}  // namespace henge::client

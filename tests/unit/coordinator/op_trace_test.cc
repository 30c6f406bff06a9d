#include "server/coordinator/op_trace.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <sstream>

#include "tests/unit/coordinator/stage.h"

namespace henge::coordinator {
namespace {

std::vector<std::string> linesOf(const std::string& trace) {
  std::vector<std::string> lines;
  std::istringstream in(trace);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool holds(const std::string& trace, const std::string& part) {
  return trace.find(part) != std::string::npos;
}

PutRequest traced(PutRequest request) {
  request.context.trace = true;
  return request;
}

// Whatever each replica does – answers, refuses, is not reached, stays silent –, in whatever order:
// each message has its line, and one line of the replica's that says what became of it.
TEST(OpTrace, everySendHasItsReceiveOrSaysThatThereIsNone) {
  const std::vector<std::optional<ApplyReply>> replies = {applied(), superseded({INT64_MAX, 1}),
                                                          refused(Refusal::overloaded),
                                                          unreachable(true), std::nullopt};
  for (const auto& first : replies) {
    for (const auto& second : replies) {
      Stage stage;
      const OpId op = stage.put(traced(stage.putOf("x", Consistency::all)));
      if (second) stage.answer({3}, *second);
      if (second) stage.answer({3}, *second);  // repeated: noted once
      if (first) stage.answer({2}, *first);
      stage.loop.runFor(3_s);
      const std::vector<std::string> lines = linesOf(stage.putAnswer(op).trace);
      for (const std::string node : {"n1", "n2", "n3"}) {
        const auto count = [&](const std::string& begun) {
          return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
            return line.find(begun) != std::string::npos;
          });
        };
        EXPECT_EQ(count("  to " + node + ": "), 1);
        EXPECT_EQ(count("  " + node + "  answers ") + count("  " + node + "  no answer"), 1);
      }
    }
  }
}

TEST(OpTrace, itsNameTravelsToEveryReplica) {
  Stage stage;
  PutRequest put = traced(stage.putOf("x"));
  put.context.traceId = 0x7f;
  stage.put(std::move(put));
  EXPECT_EQ(stage.latestTo({3}).apply()->traceId, 0x7fu);

  GetRequest get = stage.getOf();
  get.context.trace = true;
  stage.get(std::move(get));
  EXPECT_EQ(stage.latestTo({2}).fetch()->traceId, 0x0002'0000'0000'0002u) << "n1, operation 2";
}

TEST(OpTrace, whatIsNotTracedBearsNoNameAndHasNoTrace) {
  Stage stage;
  PutRequest put = stage.putOf("x");
  put.context.traceId = 0x7f;  // a name alone asks for nothing
  const OpId op = stage.put(std::move(put));
  EXPECT_EQ(stage.latestTo({3}).apply()->traceId, 0u);
  stage.answer({1}, applied());
  stage.answer({2}, applied());
  EXPECT_EQ(stage.putAnswer(op).trace, "");
}

TEST(OpTrace, timesThatCannotBeAreLeftOut) {
  Stage stage;
  const OpId op = stage.put(traced(stage.putOf("x")));
  stage.loop.runFor(1_ms);
  ApplyReply longer = applied();
  longer.times = {5_ms, 1_ms};  // than it was away
  stage.answer({2}, longer);
  ApplyReply more = applied();
  more.times = {200_us, 300_us};  // in storage than in all
  stage.answer({3}, more);
  const std::string trace = stage.putAnswer(op).trace;
  EXPECT_TRUE(holds(trace, "n2  answers applied\n")) << trace;
  EXPECT_TRUE(holds(trace, "n3  answers applied   network 0.80  there 0.20\n")) << trace;
}

// A peer may say anything: what a terminal would obey is not among it.
TEST(OpTrace, foreignWordsCannotBreakALine) {
  Stage stage;
  const OpId op = stage.put(traced(stage.putOf("x", Consistency::all)));
  ApplyReply reply = refused(Refusal::invalid);
  reply.message = "a\n  0.00  n9  answers\x1b[2J" + std::string(5000, 'y');
  stage.answer({2}, reply);
  stage.loop.runFor(3_s);
  const std::string trace = stage.putAnswer(op).trace;
  EXPECT_TRUE(holds(trace, "not applied: a?  0.00  n9  answers?[2Jyyy")) << trace;
  for (const std::string& line : linesOf(trace)) {
    EXPECT_LE(line.size(), RequestTrace::closingBytesMax + 40);
  }
}

TEST(OpTrace, aLongKeyIsCut) {
  Stage stage;
  PutRequest put = traced(stage.putOf("x"));
  put.key = Bytes(5000, 'k');
  const OpId op = stage.put(std::move(put));
  stage.loop.runFor(3_s);
  EXPECT_TRUE(holds(stage.putAnswer(op).trace, "put " + std::string(39, 'k') + "…  QUORUM"));
}

}  // namespace
}  // namespace henge::coordinator

#include "core/request_trace.h"

#include <gtest/gtest.h>

#include "core/key_text.h"

namespace henge {
namespace {

constexpr MonoTime begun{1'000'000};

TEST(RequestTrace, linesStandInColumns) {
  RequestTrace trace(0x7f, begun);
  trace.note(begun, {1}, "the request is read");
  trace.note(begun + 312_us, {12}, "answers");
  trace.note(begun + 10_ms, {2}, "no answer yet");
  EXPECT_EQ(trace.text("get k  QUORUM  coordinator n1", begun + 10'004_us, "That is all."),
            "trace 000000000000007f  get k  QUORUM  coordinator n1  total 10.00 ms\n"
            "   0.00  n1   the request is read\n"
            "   0.31  n12  answers\n"
            "  10.00  n2   no answer yet\n"
            "That is all.\n");
}

TEST(RequestTrace, beyondItsLimitOnlyTheNumberIsTold) {
  RequestTrace trace(1, begun);
  for (std::size_t i = 0; i < RequestTrace::linesMax + 3; ++i) trace.note(begun, {1}, "a step");
  const std::string text = trace.text("put k", begun, "The end.");
  EXPECT_TRUE(text.ends_with("  3 more steps are not shown\nThe end.\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + RequestTrace::linesMax + 2);
}

// So that it always fits into the frame of an answer, beside the largest key and value.
TEST(RequestTrace, isNeverLargerThanItsRoomInAFrame) {
  constexpr std::size_t roomBesideKeyAndValue = 62 * 1024;
  const std::string wide(100'000, '\x01');
  RequestTrace trace(~0ULL, begun);
  for (std::size_t i = 0; i < 1000; ++i) {
    trace.note(MonoTime{begun.micros + 60'000'000}, {4'000'000'000}, wide);
  }
  EXPECT_LE(trace.text(wide, begun + 60_s, wide).size(), roomBesideKeyAndValue);
}

// Five replicas, each of them with an older version of its own, must find room in it.
TEST(RequestTrace, theClosingSentenceHasRoomForEveryReplica) {
  const std::string closing(RequestTrace::closingBytesMax - 1, 'x');
  EXPECT_TRUE(RequestTrace(1, begun).text("get k", begun, closing + ".").ends_with("x.\n"));
}

TEST(RequestTrace, isCutBetweenLetters) {
  std::string umlauts = "x";
  while (umlauts.size() <= RequestTrace::lineBytesMax) umlauts += "ä";
  RequestTrace trace(1, begun);
  trace.note(begun, {1}, umlauts);
  const std::string text = trace.text("", begun, "");
  EXPECT_TRUE(isUtf8(text));
  EXPECT_EQ(text.find('?'), text.npos);
  EXPECT_NE(text.find("ä…\n"), text.npos);
}

TEST(RequestTrace, whatATerminalWouldObeyIsNotInIt) {
  RequestTrace trace(1, begun);
  trace.note(begun, {1}, "a\nb\x1b[2J\xff");
  EXPECT_NE(trace.text("", begun, "").find("a?b?[2J?\n"), std::string::npos);
}

}  // namespace
}  // namespace henge

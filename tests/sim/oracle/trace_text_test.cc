#include "tests/sim/oracle/trace_text.h"

#include <gtest/gtest.h>

namespace henge::sim {
namespace {

const std::string head = "trace 7f  get k  ONE  coordinator n1  total 0.44 ms\n";
const std::string sent = "  0.00  n1  to n2: fetch the value\n";
const std::string answered = "  0.44  n2  answers 2026/9, 3 bytes   network 0.1\n";
const std::string end = "1 of 3 replicas answered (n2), ONE needs 1 of 3.\n";

TEST(TraceText, aWholeOneIsRight) {
  EXPECT_EQ(wrongIn(head + sent + answered + end, {{2}}), std::nullopt);
  EXPECT_EQ(wrongIn(head + sent + "  9.00  n2  no answer yet\n" + end, {}), std::nullopt);
  EXPECT_EQ(wrongIn(head + "  0.00  n1  n2 is down: not asked\n" + end, {}), std::nullopt);
}

TEST(TraceText, whatIsMissingIsNamed) {
  EXPECT_EQ(wrongIn("", {}), "has no head");
  EXPECT_EQ(wrongIn(head, {}), "has no head");
  EXPECT_EQ(wrongIn(sent + end, {}), "has no head");
  EXPECT_EQ(wrongIn(head + sent + answered, {}), "has no closing sentence");
  EXPECT_EQ(wrongIn(head + "nonsense\n" + end, {}), "has a line that is no step: nonsense");
  EXPECT_EQ(wrongIn(head + sent + end, {}), "tells of 1 messages to n2 and of 0 ends of them");
  EXPECT_EQ(wrongIn(head + answered + end, {}), "tells of 0 messages to n2 and of 1 ends of them");
  EXPECT_EQ(wrongIn(head + sent + answered + end, {{3}}), "does not tell what n3 answered");
  EXPECT_EQ(wrongIn(head + sent + "  9.00  n2  no answer yet\n" + end, {{2}}),
            "does not tell what n2 answered");
}

}  // namespace
}  // namespace henge::sim

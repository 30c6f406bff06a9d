#include "wire/line_limiter.h"

#include <gtest/gtest.h>

#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"

namespace henge::wire {
namespace {

TEST(LineLimiter, keepsOneLineASecondOfEachKindAndCountsTheRest) {
  kit::VirtualLoop loop;
  kit::NotedEvents events;
  LineLimiter lines(loop, events);
  const auto note = [&](const std::string& kind, const std::string& line) {
    lines.note(ports::Severity::warning, kind, line);
  };
  note("a", "first");
  note("a", "second");
  note("b", "other kind");
  note("a", "third");
  EXPECT_EQ(events.lines, (std::vector<std::string>{"first", "other kind"}));
  loop.runFor(1_s);
  note("a", "fourth");
  EXPECT_EQ(events.lines.back(), "fourth (and 2 more like it)");
  loop.runFor(1_s);
  note("a", "fifth");
  EXPECT_EQ(events.lines.back(), "fifth");
}

}  // namespace
}  // namespace henge::wire

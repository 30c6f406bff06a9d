#include "tests/sim/world/trace.h"

#include <array>
#include <cstdio>

namespace henge::sim {

const std::deque<std::string>& Trace::lines(std::uint32_t node) const {
  static const std::deque<std::string> none;
  const auto found = lines_.find(node);
  return found == lines_.end() ? none : found->second;
}

void Trace::keep(MonoTime at, std::uint32_t node, const std::string& text) {
  std::array<char, 48> time{};
  std::snprintf(time.data(), time.size(), "%5lld.%06lld ",
                static_cast<long long>(at.micros / 1000000),
                static_cast<long long>(at.micros % 1000000));
  const std::string who = node >= clients ? "--" : "n" + std::to_string(node);
  const std::string line = time.data() + who + "  " + text;
  if (echoes_) std::puts(line.c_str());
  std::deque<std::string>& kept = lines_[node];
  kept.push_back(line);
  if (kept.size() > linesMax) kept.pop_front();
}

}  // namespace henge::sim

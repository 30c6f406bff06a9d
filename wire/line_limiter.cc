#include "wire/line_limiter.h"

namespace henge::wire {

void LineLimiter::note(ports::Severity severity, const std::string& kind, const std::string& line) {
  const MonoTime now = clock_.now();
  const auto [found, isFirst] = last_.try_emplace(kind, Last{now, 0});
  Last& last = found->second;
  if (!isFirst && now < last.at + every) {
    ++last.leftOut;
    return;
  }
  const std::string more =
      last.leftOut == 0 ? "" : " (and " + std::to_string(last.leftOut) + " more like it)";
  events_.note(severity, line + more);
  last = {now, 0};
}

}  // namespace henge::wire

#include "tests/sim/program/progress.h"

#include <cstdio>
#include <unistd.h>

namespace henge::sim {

Progress::Progress(std::uint64_t runs) : runs_(runs), onTerminal_(::isatty(STDOUT_FILENO) == 1) {}

void Progress::show(std::uint64_t done, std::uint64_t violations) const {
  if (runs_ == 1 || (!onTerminal_ && done % lineEvery != 0)) return;
  std::printf("%s%llu of %llu runs, violations %llu%s", onTerminal_ ? "\r" : "",
              static_cast<unsigned long long>(done), static_cast<unsigned long long>(runs_),
              static_cast<unsigned long long>(violations), onTerminal_ ? "\033[K" : "\n");
  std::fflush(stdout);
}

void Progress::wipe() const {
  if (onTerminal_) std::fputs("\r\033[K", stdout);
}

}  // namespace henge::sim

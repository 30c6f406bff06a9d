// henge-sim: runs the cluster that is not there, from seeds, and says what broke a promise.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <random>
#include <sys/resource.h>
#include <thread>

#include "tests/sim/program/scale_run.h"
#include "tests/sim/program/search.h"
#include "tests/sim/program/shrink_found.h"

namespace henge::sim {
namespace {

enum Exit { clean = 0, violated = 1, trouble = 2, wrongArguments = 64 };

int complain(Exit code, const std::string& sentence) {
  std::fprintf(stderr, "henge-sim: %s\n", sentence.c_str());
  return code;
}

// Short enough to be typed.
std::uint64_t seedByLot() {
  std::random_device source;
  return ((std::uint64_t{source()} << 32) | source()) >> 28;
}

RunLimits limitsFor(const Arguments& arguments) {
  const std::uint64_t cores = std::max(1U, std::thread::hardware_concurrency());
  return {arguments.jobs != 0 ? arguments.jobs : cores,
          1_s * static_cast<std::int64_t>(arguments.seedSeconds)};
}

// Of the children that have ended, and of this process.
double cpuSeconds() {
  double seconds = 0;
  for (const int whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    ::getrusage(whose, &used);
    for (const timeval& time : {used.ru_utime, used.ru_stime}) {
      seconds += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    }
  }
  return seconds;
}

void printTotals(const Totals& totals, bool single, double cpu) {
  if (!single) std::printf("%s%s", probeTable(totals.probes).c_str(), sharesText(totals).c_str());
  std::fputs(totalsLine(totals, cpu).c_str(), stdout);
  std::fflush(stdout);
}

Status shrinkFirst(const Arguments& arguments, const CaseChoice& choice, RunLimits limits,
                   const std::optional<Search::First>& first) {
  const bool wanted = arguments.stopAtFirst || arguments.isSingle();
  if (!first || !wanted || !arguments.shrink || arguments.echo) return {};
  return shrinkFound(arguments, limits, {choice.at(first->index), first->finding});
}

int searchThrough(const Arguments& arguments) {
  const Result<CaseChoice> choice = CaseChoice::from(arguments, seedByLot());
  if (!choice.ok()) return complain(trouble, choice.error().message);
  const RunLimits limits = limitsFor(arguments);
  if (!arguments.isSingle()) {
    std::printf("%llu seeds from %llu on, in %llu processes\n",
                static_cast<unsigned long long>(choice->count()),
                static_cast<unsigned long long>(choice->seedAt(0)),
                static_cast<unsigned long long>(limits.processes));
    std::fflush(stdout);
  }
  Search search(arguments, *choice, limits);
  search.run();
  const double cpu = cpuSeconds();
  const Status shrunk = shrinkFirst(arguments, *choice, limits, search.first());
  printTotals(search.totals(), arguments.isSingle(), cpu);
  if (!shrunk.ok()) return complain(trouble, shrunk.error().message);
  return search.first() ? violated : clean;
}

int run(const std::vector<std::string_view>& words) {
  const Result<Arguments> arguments = parseArguments(words);
  if (!arguments.ok()) return complain(wrongArguments, arguments.error().message);
  if (arguments->help) return std::fputs(usage().data(), stdout), clean;
  try {
    if (arguments->nodes) return runScale(*arguments, seedByLot()) ? clean : violated;
    return searchThrough(*arguments);
  } catch (const std::exception& error) {
    return complain(trouble, error.what());
  }
}

}  // namespace
}  // namespace henge::sim

int main(int argc, char** argv) {
  return henge::sim::run({argv + (argc > 0 ? 1 : 0), argv + argc});
}

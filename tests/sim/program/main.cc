#include <cstdio>
#include <cstdlib>

#include "tests/sim/world/world.h"

int main(int argc, char** argv) {
  using namespace henge::sim;
  const auto from = std::strtoull(argv[1], nullptr, 10);
  const auto count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  int bad = 0;
  for (auto seed = from; seed < from + count; ++seed) {
    Case what;
    what.settings = drawSettings(seed);
    what.faults = drawFaults(what.settings);
    World world(what, argc > 3);
    const Outcomes out = world.run();
    std::printf("seed %llu trace %016llx events %llu ops %llu ok %llu refused %llu restarts %llu cuts %llu\n", (unsigned long long)seed, (unsigned long long)out.trace, (unsigned long long)out.events, (unsigned long long)out.ops, (unsigned long long)out.okOps, (unsigned long long)out.refusedOps, (unsigned long long)out.restarts, (unsigned long long)out.cuts);
    if (out.violation) {
      ++bad;
      std::printf("%s\n", toString(*out.violation).c_str());
      if (argc > 3) {
        std::printf("%s\n", print(what).c_str());
        auto nodes = out.violation->nodes;
        nodes.push_back(Trace::world);
        for (auto n : nodes)
          for (auto& l : world.trace().lines(n)) std::printf("%s\n", l.c_str());
      }
    }
    std::fflush(stdout);
  }
  return bad ? 1 : 0;
}

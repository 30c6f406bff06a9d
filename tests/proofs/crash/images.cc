#include "tests/proofs/crash/images.h"

#include <set>

namespace henge::proofs {

namespace {

std::set<std::uint64_t> bordersOf(std::uint64_t sectors) {
  std::set<std::uint64_t> borders;
  if (sectors <= 4) {
    for (std::uint64_t border = 1; border < sectors; ++border) borders.insert(border);
  } else {
    borders = {1, sectors / 2, sectors - 1};
  }
  return borders;
}

kit::Survival drawn(std::uint64_t sectors, sim::Chance& chance) {
  switch (chance.below(3)) {
    case 0:
      return kit::lostWhole;
    case 1:
      return kit::keptWhole;
    default: {
      const std::uint64_t from = chance.below(sectors);
      return {from, from + 1 + chance.below(sectors - from)};
    }
  }
}

}  // namespace

std::vector<Cut> cutsOf(const kit::FakeFileSystem& files, sim::Chance& chance, int subsets) {
  const std::vector<std::uint64_t> pending = files.pendingSectors();
  const Cut lost(pending.size(), kit::lostWhole);
  const Cut kept(pending.size(), kit::keptWhole);
  std::vector<Cut> cuts = {lost};
  if (pending.empty()) return cuts;
  cuts.push_back(kept);
  const auto but = [&cuts](Cut cut, std::size_t at, kit::Survival survival) {
    cut[at] = survival;
    cuts.push_back(std::move(cut));
  };
  for (std::size_t i = 0; i < pending.size(); ++i) {
    but(kept, i, kit::lostWhole);
    but(lost, i, kit::keptWhole);
    for (const std::uint64_t border : bordersOf(pending[i])) {
      but(kept, i, {0, border});
      but(kept, i, {border, pending[i]});
      but(lost, i, {0, border});
    }
  }
  for (int n = 0; n < subsets; ++n) {
    Cut cut;
    for (const std::uint64_t sectors : pending) cut.push_back(drawn(sectors, chance));
    cuts.push_back(std::move(cut));
  }
  return cuts;
}

std::uint64_t hashOf(const kit::FakeFileSystem& files) {
  std::uint64_t sum = 0;
  for (const std::string& path : files.paths())
    sum += hash64(path) * 0x9e3779b97f4a7c15ULL ^ hash64(*files.peek(path));
  return sum;
}

}  // namespace henge::proofs

// A fake disk on a bench: calls that end, calls that are cut off, and what is left of them.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/kit/fake_disk.h"
#include "tests/kit/virtual_loop.h"
#include "tests/sim/chance.h"

namespace henge::kit {

// Sectors full of one letter each.
inline Bytes sectorsOf(const std::string& letters) {
  Bytes bytes;
  for (const char letter : letters) bytes.append(sectorBytes, letter == '.' ? '\0' : letter);
  return bytes;
}

// The reverse, rounded up; '.': zeroes, '?': mixed.
inline std::string lettersOf(BytesView bytes) {
  std::string letters;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(sectorBytes, bytes.size()))) {
    const BytesView sector = bytes.substr(0, sectorBytes);
    const bool mixed = sector.find_first_not_of(sector[0]) != BytesView::npos;
    letters += mixed ? '?' : sector[0] == '\0' ? '.' : sector[0];
  }
  return letters;
}

// "f=ab f.new=.": files and sectors.
inline std::string sightOf(const FakeFileSystem& files) {
  std::string sight;
  for (const std::string& path : files.paths())
    sight += (sight.empty() ? "" : " ") + path + "=" + lettersOf(*files.peek(path));
  return sight;
}

class DiskBench final : public ports::DiskSink {
 public:
  struct End {
    OpId op;
    ports::DiskResult result;
    MonoTime at;
  };

  explicit DiskBench(const FakeFiles& before = FakeFiles()) : files(before) {}

  void onDisk(OpId op, ports::DiskResult result) override {
    ends.push_back({op, std::move(result), loop.now()});
  }
  // Runs until everything asked for has ended; the last end.
  ports::DiskResult settle() {
    loop.run();
    return ends.back().result;
  }
  OpId next() { return OpId{++last}; }

  void create(const std::string& path, std::uint64_t bytes) {
    disk.create(next(), *this, path, bytes);
  }
  void write(const std::string& path, std::uint64_t offset, Bytes bytes) {
    disk.write(next(), *this, path, offset, std::move(bytes));
  }
  void sync(const std::string& path) { disk.sync(next(), *this, path); }
  Bytes read(const std::string& path) {
    disk.read(next(), *this, path, 0, 1 << 20);
    return settle().bytes;
  }

  VirtualLoop loop;
  FakeFiles files;
  FakeDisk disk{files, loop, loop};
  FakeDisk side{files, loop, loop};
  std::vector<End> ends;
  std::uint64_t last = 0;
};

using Act = std::function<void(DiskBench&)>;
using Sights = std::set<std::string>;
constexpr std::uint64_t seedsOfEach = 3000;

// All that is seen after `end` came in the midst of `act`.
inline Sights sightsAfter(const FakeFiles& before, const Act& act,
                          void (*end)(FakeFiles&, sim::Chance&)) {
  Sights sights;
  for (std::uint64_t seed = 0; seed < seedsOfEach; ++seed) {
    DiskBench bench(before);
    sim::Chance chance(seed);
    act(bench);
    end(bench.files, chance);
    sights.insert(sightOf(bench.files));
  }
  return sights;
}

inline Sights sightsAfterCut(const FakeFiles& before, const Act& act) {
  return sightsAfter(before, act, [](auto& files, auto& chance) { files.powerCut(chance); });
}
inline Sights sightsAfterKill(const FakeFiles& before, const Act& act) {
  return sightsAfter(before, act, [](auto& files, auto& chance) { files.killed(chance); });
}

// Files with these sectors, on the disk.
inline FakeFiles filesOf(const std::vector<std::pair<std::string, std::string>>& held) {
  FakeFiles files;
  for (const auto& [path, letters] : held) files.put(path, sectorsOf(letters));
  return files;
}

}  // namespace henge::kit

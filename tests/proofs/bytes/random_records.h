// Records by lot, written in bursts as clients do.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tests/sim/chance.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::proofs {

class RandomRecords {
 public:
  explicit RandomRecords(std::uint64_t seed) : chance_(seed) {}

  // Up to eight at once, in one batch; all are answered, and appended to `written`. False: one was
  // not answered.
  bool burst(storage::ShardWorld& world, std::vector<Record>& written) {
    std::vector<OpId> ops;
    for (std::uint64_t i = 1 + chance_.below(8); i > 0; --i) {
      written.push_back(record(static_cast<std::int64_t>(written.size() + 1)));
      ops.push_back(world.write(written.back()));
    }
    const auto answered = [&](OpId op) { return world.outcomes.contains(op); };
    return world.loop.runUntil([&] { return std::all_of(ops.begin(), ops.end(), answered); }, 10_s);
  }

 private:
  Bytes bytes(std::uint64_t length) {
    Bytes out(length, '\0');
    for (char& c : out) c = static_cast<char>(chance_.oneIn(3) ? 0 : chance_.next());
    return out;
  }

  // Versions grow, keys come again; a third of the values shrink well, as people's do.
  Record record(std::int64_t timestamp) {
    Record record;
    record.key = chance_.oneIn(4) ? Bytes("again") : "k" + bytes(chance_.below(24));
    record.version = {timestamp, 0x9f3c};
    if (chance_.oneIn(6)) record.expiryMicros = timestamp + 1'000'000;
    if (chance_.oneIn(6)) record.extensions[9] = bytes(chance_.below(20));
    if (chance_.oneIn(8)) return record.kind = RecordKind::tombstone, record;
    record.value = bytes(chance_.below(300));
    if (chance_.oneIn(3))
      for (int i = 0; i < 20; ++i) record.value += "the same words again; ";
    return record;
  }

  sim::Chance chance_;
};

}  // namespace henge::proofs

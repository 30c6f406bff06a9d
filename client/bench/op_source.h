// The operations of a load, one after another. Pure: chance comes in by its port.
#pragma once

#include <cstdint>

#include "client/bench/workload.h"
#include "client/bench/zipf.h"
#include "core/bytes.h"

namespace henge::bench {

struct Operation {
  OpKind kind = OpKind::get;
  std::uint64_t key = 0;  // its number
};

// Thread: one at a time.
class OpSource {
 public:
  // keys ≥ 1: numbers 0 to keys - 1 are there; inserts go on from there.
  OpSource(const Workload& workload, std::uint64_t keys);

  Operation next(ports::Random& random);

  std::uint64_t keys() const { return keys_; }  // those inserted too

 private:
  OpKind kindOf(std::uint64_t point) const;
  std::uint64_t drawKey(ports::Random& random);

  Workload workload_;
  std::uint64_t keys_;
  std::uint64_t sum_ = 0;  // of the shares
  std::uint64_t sequence_ = 0;
  Zipf zipf_;
};

// The bytes of a key: 8, spread evenly over the ring in byte order too, different for each number.
Bytes keyBytes(std::uint64_t number);

}  // namespace henge::bench

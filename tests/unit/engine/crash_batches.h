// The batches that a seed stands for: known to the writer that is killed and to the one who looks
// at what is left.
#pragma once

#include <random>
#include <string>

#include "server/ports/store.h"

namespace henge::engine {

inline const Bytes positionKey = "~position";  // each batch sets it to its own number, from 1

// 1 … 12 puts and deletes over few keys, values of up to 2 KiB.
inline ports::StoreBatch batchOf(std::uint64_t seed, std::uint64_t number) {
  std::mt19937_64 chance(seed * 1'000'003 + number);
  ports::StoreBatch batch;
  for (std::uint64_t i = 0, count = 1 + chance() % 12; i < count; ++i) {
    Bytes key = "key" + std::to_string(chance() % 60);
    if (chance() % 4 == 0) {
      batch.push_back({std::move(key), std::nullopt});
    } else {
      batch.push_back({std::move(key), std::to_string(chance()) + Bytes(chance() % 2048, 'v')});
    }
  }
  batch.push_back({positionKey, std::to_string(number)});
  return batch;
}

}  // namespace henge::engine

// Values that say what they are, and whether they are what was written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/bytes.h"

namespace henge::bench {

// The run that wrote it, the key's number, the write's, and a checksum over all of it.
inline constexpr std::size_t checkedBytesMin = 32;

struct WriteId {
  std::uint64_t run = 0;  // drawn at random for each run of the program
  std::uint64_t key = 0;
  std::uint64_t sequence = 0;  // of the run's writes, from 1
};

// Precondition: bytes ≥ checkedBytesMin.
Bytes checkedValue(const WriteId& id, std::size_t bytes);
// What is wrong with a value that was read for `key`; nullopt: nothing. `id` is filled if it is
// whole.
std::optional<std::string> faultOf(BytesView value, std::uint64_t key, WriteId& id);

// What may not be read any more, as long as reads are at QUORUM: anything older than a write that
// had been acknowledged before the read began. A client stamps in the order it is asked, so of one
// key's writes the later sequence is the newer. Thread: one at a time.
class ReadFloor {
 public:
  explicit ReadFloor(std::uint64_t run) : run_(run) {}

  void onAcknowledged(std::uint64_t key, std::uint64_t sequence);
  std::uint64_t floorOf(std::uint64_t key) const;  // 0: none

  // `value`: nullopt: nothing was found. floor: floorOf(key) when the read began; as long as it is
  // 0 the key may hold what somebody else has written.
  std::optional<std::string> faultOf(const std::optional<Bytes>& value, std::uint64_t key,
                                     std::uint64_t floor) const;

 private:
  std::uint64_t run_;
  std::unordered_map<std::uint64_t, std::uint64_t> acknowledged_;  // by key; as many as are written
};

}  // namespace henge::bench

// The highest versions ever fed to the store: what is above them, the store cannot hold.
#pragma once

#include <algorithm>
#include <array>

#include "core/bytes.h"
#include "core/result.h"
#include "core/version.h"

namespace henge::storage {

// A write of a key above its fence needs no look into the store to know that it is the newest of
// what the store holds. 1,024 keys' hashes share each fence. Thread: the loop's.
class Fence {
 public:
  static constexpr std::size_t bucketsMax = 1024;

  void raise(BytesView key, Version version);
  bool isAbove(BytesView key, Version version) const { return version > of(key); }
  Version of(BytesView key) const { return highest_[bucketOf(key)]; }
  Version highest() const { return *std::max_element(highest_.begin(), highest_.end()); }

  friend bool operator==(const Fence&, const Fence&) = default;

 private:
  friend Bytes encode(const Fence& fence);
  friend Result<Fence> decodeFence(BytesView bytes);
  static std::size_t bucketOf(BytesView key) { return (hash64(key) >> 20) % bucketsMax; }

  std::array<Version, bucketsMax> highest_{};
};

Bytes encode(const Fence& fence);  // docs/format/store.md
Result<Fence> decodeFence(BytesView bytes);

}  // namespace henge::storage

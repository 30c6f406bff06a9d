#include "server/storage/key_sample.h"

#include <iterator>

namespace henge::storage {

void KeySample::add(BytesView key) {
  if (zeroBits_ > 0 && !isKept(key)) return;
  keys_.insert(key);
  while (keys_.size() > keysMax) {
    ++zeroBits_;
    std::erase_if(keys_, [this](BytesView kept) { return !isKept(kept); });
  }
}

std::uint64_t KeySample::between(BytesView from, BytesView to) const {
  if (!to.empty() && to <= from) return 0;
  const auto end = to.empty() ? keys_.end() : keys_.lower_bound(to);
  const auto kept = std::distance(keys_.lower_bound(from), end);
  return static_cast<std::uint64_t>(kept) << zeroBits_;
}

}  // namespace henge::storage

#include "client/bench/op_source.h"

namespace henge::bench {

OpSource::OpSource(const Workload& workload, std::uint64_t keys)
    : workload_(workload), keys_(keys), zipf_(keys, workload.theta) {
  for (const int share : workload.shares) sum_ += static_cast<std::uint64_t>(share);
}

OpKind OpSource::kindOf(std::uint64_t point) const {
  for (std::size_t i = 0; i < opKinds; ++i) {
    const auto share = static_cast<std::uint64_t>(workload_.shares[i]);
    if (point < share) return static_cast<OpKind>(i);
    point -= share;
  }
  return OpKind::get;
}

Operation OpSource::next(ports::Random& random) {
  const OpKind kind = kindOf(random.below(sum_));
  if (kind == OpKind::insert) return {kind, keys_++};
  return {kind, drawKey(random)};
}

std::uint64_t OpSource::drawKey(ports::Random& random) {
  switch (workload_.order) {
    case KeyOrder::uniform:
      return random.below(keys_);
    case KeyOrder::zipf:
      return zipf_.draw(random);
    case KeyOrder::latest:
      return keys_ - 1 - zipf_.draw(random);
    case KeyOrder::sequential:
      return sequence_++ % keys_;
  }
  return 0;
}

// The finalizer of splitmix64 (Steele, Lea and Flood, OOPSLA 2014): each step can be undone, so no
// two numbers meet.
Bytes keyBytes(std::uint64_t number) {
  std::uint64_t x = number + 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  Bytes out;
  appendBigEndian64(out, x ^ (x >> 31));
  return out;
}

}  // namespace henge::bench

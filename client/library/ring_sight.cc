#include "client/library/ring_sight.h"

namespace henge::library {

bool RingSight::mayAsk(MonoTime now) const {
  if (isAsked_) return false;
  return !ring_ || !askedAt_ || now - *askedAt_ >= askedEvery;
}

bool RingSight::wantsForHash(std::uint64_t ringHash, MonoTime now) const {
  return (!ring_ || ringHash != hash_) && mayAsk(now);
}

bool RingSight::wantsForEpoch(std::uint64_t epoch, MonoTime now) const {
  if (epoch == 0) return false;
  return (!ring_ || epoch != ring_->cluster().epoch) && mayAsk(now);
}

void RingSight::asked(MonoTime now) {
  isAsked_ = true;
  askedAt_ = now;
}

Status RingSight::learn(const RingView& view) {
  isAsked_ = false;
  if (const Status valid = validate(view.cluster); !valid.ok()) {
    return Error{ErrorKind::corrupt, "the ring it tells cannot be: " + valid.error().message};
  }
  if (ring_ && view.cluster.epoch < ring_->cluster().epoch) return {};
  ring_.emplace(view.cluster);
  hash_ = view.ringHash;
  return {};
}

}  // namespace henge::library

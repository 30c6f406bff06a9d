// The ring as a client knows it, and when it asks for it anew.
#pragma once

#include <cstdint>
#include <optional>

#include "core/node_status.h"
#include "core/result.h"
#include "core/ring.h"
#include "core/time.h"

namespace henge::library {

// Pure. Asked for of one node at a time, and – unless nothing is known – not more often than once
// in askedEvery: nodes whose cluster files differ would have it asked for without end.
class RingSight {
 public:
  static constexpr Duration askedEvery{1'000'000};

  const Ring* ring() const { return ring_ ? &*ring_ : nullptr; }  // nullptr: not known yet

  // Each says whether to ask now the node that said so. An epoch of 0 is none.
  bool wantsForHash(std::uint64_t ringHash, MonoTime now) const;
  bool wantsForEpoch(std::uint64_t epoch, MonoTime now) const;

  void asked(MonoTime now);
  void askFailed() { isAsked_ = false; }
  // corrupt: it is no ring that could be; what was known stays. An older epoch changes nothing.
  Status learn(const RingView& view);

 private:
  bool mayAsk(MonoTime now) const;

  std::optional<Ring> ring_;
  std::uint64_t hash_ = 0;
  bool isAsked_ = false;
  std::optional<MonoTime> askedAt_;
};

}  // namespace henge::library

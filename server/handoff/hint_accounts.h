// How many hints are kept for whom, and what became of those that were.
#pragma once

#include <cstdint>
#include <map>

#include "core/hint.h"

namespace henge::handoff {

struct HintAccount {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  WallTime oldest;  // none that is kept is older; 0: none is
  // Since the start.
  std::uint64_t kept = 0;
  std::uint64_t delivered = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t expired = 0;
  std::uint64_t refused = 0;
  std::uint64_t dropped = 0;
};

// All that is in memory of hints that nobody is sending: as large as the targets are many.
// Thread: its loop only.
class HintAccounts {
 public:
  void found(const Hint& hint);  // at the start
  void kept(const Hint& hint);
  void dropped(NodeId target) { ++accounts_[target].dropped; }
  // Precondition: it was found or kept, and has not ended. Of those that are left none is older
  // than `oldestLeft`; 0: nobody knows.
  void ended(NodeId target, std::uint64_t bytes, HintEnd end, WallTime oldestLeft);

  const HintAccount& of(NodeId target) const;
  const std::map<NodeId, HintAccount>& all() const { return accounts_; }
  std::uint64_t bytes() const { return bytes_; }  // of all targets
  HintAccount total() const;

 private:
  void add(HintAccount& account, const Hint& hint);

  std::map<NodeId, HintAccount> accounts_;
  std::uint64_t bytes_ = 0;
};

}  // namespace henge::handoff

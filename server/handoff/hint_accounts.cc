#include "server/handoff/hint_accounts.h"

#include <algorithm>
#include <cassert>

namespace henge::handoff {

void HintAccounts::found(const Hint& hint) { add(accounts_[hint.id.target], hint); }

void HintAccounts::kept(const Hint& hint) {
  HintAccount& account = accounts_[hint.id.target];
  ++account.kept;
  add(account, hint);
}

void HintAccounts::add(HintAccount& account, const Hint& hint) {
  const bool first = account.count++ == 0;
  account.bytes += hint.bytes();
  bytes_ += hint.bytes();
  account.oldest = first ? hint.keptAt : std::min(account.oldest, hint.keptAt);
}

void HintAccounts::ended(NodeId target, std::uint64_t bytes, HintEnd end, WallTime oldestLeft) {
  HintAccount& account = accounts_[target];
  assert(account.count > 0 && account.bytes >= bytes);
  account.bytes -= bytes;
  bytes_ -= bytes;
  const bool last = --account.count == 0;
  account.oldest = last ? WallTime() : std::max(account.oldest, oldestLeft);
  switch (end) {
    case HintEnd::delivered:
      ++account.delivered;
      break;
    case HintEnd::cancelled:
      ++account.cancelled;
      break;
    case HintEnd::expired:
      ++account.expired;
      break;
    case HintEnd::refused:
      ++account.refused;
      break;
  }
}

const HintAccount& HintAccounts::of(NodeId target) const {
  static const HintAccount none;
  const auto found = accounts_.find(target);
  return found == accounts_.end() ? none : found->second;
}

HintAccount HintAccounts::total() const {
  HintAccount sum;
  for (const auto& [target, account] : accounts_) {
    sum.count += account.count;
    sum.bytes += account.bytes;
    sum.kept += account.kept;
    sum.delivered += account.delivered;
    sum.cancelled += account.cancelled;
    sum.expired += account.expired;
    sum.refused += account.refused;
    sum.dropped += account.dropped;
  }
  return sum;
}

}  // namespace henge::handoff

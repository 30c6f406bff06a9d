#include "tests/sim/oracle/hint_oracle.h"

#include <algorithm>

namespace henge::sim {

namespace {

// A delivery takes up to two seconds, and its note waits for the disk.
constexpr std::int64_t lateMicros = 30'000'000;
// From the deadline of a write until its hints are surely on disk.
constexpr Duration keptWithin = 30_s;

}  // namespace

void HintOracle::onWritten(std::uint32_t node, const std::vector<HintEntry>& entries, WallTime wall,
                           bool steady, const Sight& sight) {
  for (const HintEntry& entry : entries) {
    if (const auto* hint = std::get_if<Hint>(&entry)) {
      machines_[node].expiries[hint->id] = hint->expiresAt;
      if (hint->record.isTombstone()) onRemoveHinted(node, hint->record.version);
      const std::uint64_t id = hint->record.isTombstone() ? 0 : putOf(hint->record.value);
      const ClientOp* put = id == 0 ? nullptr : sight.put(id);
      if (put == nullptr) continue;
      hinted_.insert(id);
      if (put->state != ClientEnd::refused) continue;
      judge_.violated(Invariant::failureIsFailure,
                      toString(NodeId{node}) + " keeps a hint of put " + std::to_string(id) +
                          ", which was surely refused",
                      {node});
    } else if (const auto* done = std::get_if<HintDone>(&entry)) {
      const auto found = machines_[node].expiries.find(done->id);
      if (found == machines_[node].expiries.end()) continue;
      const WallTime expiry = found->second;
      machines_[node].expiries.erase(found);
      if (done->end != HintEnd::delivered || !steady) continue;
      if (wall.micros <= expiry.micros + lateMicros) continue;
      judge_.violated(Invariant::handedOver,
                      toString(NodeId{node}) + " has delivered a hint for " +
                          toString(done->id.target) + " that had expired " +
                          std::to_string((wall.micros - expiry.micros) / 1'000'000) + " s before",
                      {node});
    }
  }
}

// A tombstone bears nothing that tells whose it is but its version.
void HintOracle::onRemoveHinted(std::uint32_t node, Version version) {
  hintedRemoves_.insert(version);
  if (!refusedRemoves_.contains(version)) return;
  judge_.violated(Invariant::failureIsFailure,
                  toString(NodeId{node}) + " keeps a hint of remove " + toString(version) +
                      ", which was surely refused",
                  {node});
}

// Whoever stops as it was told to has kept all hints by then.
void HintOracle::onDeath(std::uint32_t node, Death death, MonoTime now) {
  if (death != Death::stopped) machines_[node].deaths.push_back(now);
}

void HintOracle::onPutEnd(const ClientOp& put, std::uint32_t coordinator) {
  const bool isRemove = put.verb == ClientVerb::remove && !put.version.isNone();
  if (put.state == ClientEnd::refused && isRemove) refusedRemoves_.insert(put.version);
  const bool isHinted =
      hinted_.contains(put.id) || (isRemove && hintedRemoves_.contains(put.version));
  if (put.state == ClientEnd::refused && isHinted) {
    judge_.violated(Invariant::failureIsFailure,
                    "operation " + std::to_string(put.id) + " was surely refused, but " +
                        toString(NodeId{coordinator}) + " or another keeps a hint of it",
                    {coordinator});
  }
  if (put.state != ClientEnd::ok) return;
  acknowledged_.push_back(
      {{put.key, put.version, put.id, coordinator}, put.begin, put.end + deadline_});
}

// Its process lived from before the write until long after its deadline, and its log is whole.
bool HintOracle::keptItsHints(const Acknowledged& write) const {
  const std::uint32_t node = write.write.coordinator;
  if (replicas_.wasHarmed(node)) return false;
  const auto& deaths = machines_[node].deaths;
  return std::none_of(deaths.begin(), deaths.end(), [&](MonoTime death) {
    return death >= write.begin && death <= write.end + keptWithin;
  });
}

void HintOracle::onMark(std::uint32_t keeper, const RepairMark& mark) {
  machines_[keeper].lost.emplace(mark.target, mark.first);
}

bool HintOracle::isOwedTo(std::uint32_t replica, const OwedWrite& write,
                          const RingRange& range) const {
  return !machines_[write.coordinator].lost.contains({NodeId{replica}, range.first});
}

std::vector<OwedWrite> HintOracle::owed() const {
  if (replicas_.weakened()) return {};
  std::map<std::size_t, OwedWrite> newest;
  for (const Acknowledged& write : acknowledged_) {
    if (!keptItsHints(write)) continue;
    OwedWrite& best = newest[write.write.key];
    if (best.version < write.write.version) best = write.write;
  }
  std::vector<OwedWrite> out;
  for (const auto& [key, write] : newest) out.push_back(write);
  return out;
}

}  // namespace henge::sim

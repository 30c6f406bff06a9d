#include "inspector/hint_tally.h"

#include <algorithm>

#include "server/storage/hint_codec.h"
#include "server/storage/store_keys.h"

namespace henge::inspector {

namespace {

constexpr std::size_t rowsPerScan = 1000;

// Rows of the store with from ≤ key < to, one after the other.
template <typename Look>
Status eachRow(StoppedNode& node, Bytes from, const Bytes& to, Look look) {
  while (true) {
    const auto rows = node.storeScan(from, rowsPerScan);
    if (!rows) return rows.error().kind == ErrorKind::notFound ? Status() : Status(rows.error());
    for (const ports::StoreEntry& row : *rows) {
      if (row.key >= to) return {};
      if (Status status = look(row); !status) return status;
    }
    if (rows->size() < rowsPerScan) return {};
    from = rows->back().key + '\0';
  }
}

}  // namespace

bool HintTally::onSegment(const SegmentReading& reading) {
  if (reading.sight.verdict == SegmentVerdict::inStore) return true;
  for (const HintEntry& entry : reading.hints) {
    if (const auto* hint = std::get_if<Hint>(&entry)) {
      logged_[hint->id] = Seen{hint->bytes(), hint->keptAt, hint->expiresAt};
    } else if (const auto* done = std::get_if<HintDone>(&entry)) {
      logged_[done->id] = std::nullopt;
    } else {
      loggedMarks_[storage::rowOf(entry).key] = std::get<RepairMark>(entry);
    }
  }
  return true;
}

Status HintTally::count(StoppedNode& node) {
  for (const auto& [id, seen] : logged_)
    if (seen) add(id.target, *seen);
  if (Status status = countHints(node); !status) return status;
  return countMarks(node);
}

Status HintTally::countHints(StoppedNode& node) {
  return eachRow(node, storage::hintKey({}), storage::hintEnd(), [this](const auto& row) {
    if (logged_.contains(storage::idOfHintKey(row.key))) return Status();
    const Result<Hint> hint = storage::decodeHintRow(row.key, *row.value);
    if (!hint) return Status(hint.error());
    add(hint->id.target, {hint->bytes(), hint->keptAt, hint->expiresAt});
    return Status();
  });
}

Status HintTally::countMarks(StoppedNode& node) {
  std::map<Bytes, RepairMark> all = loggedMarks_;
  Status read = eachRow(node, storage::markKey({}, ""), storage::markEnd(), [&](const auto& row) {
    if (all.contains(row.key)) return Status();
    const Result<RepairMark> mark = storage::decodeMarkRow(row.key, *row.value);
    if (!mark) return Status(mark.error());
    all.emplace(row.key, *mark);
    return Status();
  });
  for (const auto& [key, mark] : all)
    if (mark.needed) marks_.push_back(mark);
  return read;
}

void HintTally::add(NodeId target, const Seen& hint) {
  KeptHints& kept = kept_[target];
  const bool first = kept.count++ == 0;
  kept.bytes += hint.bytes;
  kept.oldest = first ? hint.keptAt : std::min(kept.oldest, hint.keptAt);
  kept.lastExpiry = std::max(kept.lastExpiry, hint.expiresAt);
}

}  // namespace henge::inspector

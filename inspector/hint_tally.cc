#include "inspector/hint_tally.h"

#include <algorithm>

#include "core/key_text.h"
#include "server/storage/hint_codec.h"
#include "server/storage/store_keys.h"

namespace henge::inspector {

namespace {

constexpr std::size_t rowsPerScan = 1000;
constexpr std::size_t brokenMax = 100;

// Rows of the store with from ≤ key < to, one after the other.
template <typename Look>
Status eachRow(StoppedNode& node, Bytes from, const Bytes& to, Look look) {
  while (true) {
    const auto rows = node.storeScan(from, rowsPerScan);
    if (!rows) return rows.error().kind == ErrorKind::notFound ? Status() : Status(rows.error());
    for (const ports::StoreEntry& row : *rows) {
      if (row.key >= to) return {};
      look(row);
    }
    if (rows->size() < rowsPerScan) return {};
    from = rows->back().key + '\0';
  }
}

// Below every key of the kind, also those that are too short.
Bytes kindOf(const Bytes& key) { return key.substr(0, 1); }

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
  return eachRow(node, kindOf(storage::hintKey({})), storage::hintEnd(), [this](const auto& row) {
    const Result<Hint> hint = storage::decodeHintRow(row.key, *row.value);
    if (!hint) return addBroken(row.key, hint.error());
    if (logged_.contains(hint->id)) return;
    add(hint->id.target, {hint->bytes(), hint->keptAt, hint->expiresAt});
  });
}

Status HintTally::countMarks(StoppedNode& node) {
  std::map<Bytes, RepairMark> all = loggedMarks_;
  Status read =
      eachRow(node, kindOf(storage::markKey({}, "")), storage::markEnd(), [&](const auto& row) {
        const Result<RepairMark> mark = storage::decodeMarkRow(row.key, *row.value);
        if (!mark) return addBroken(row.key, mark.error());
        all.emplace(row.key, *mark);  // unless the log says another thing of it
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

void HintTally::addBroken(BytesView key, const Error& error) {
  if (broken_.size() < brokenMax)
    broken_.push_back("the store's row " + toKeyText(key) + " about hints: " + error.message);
}

}  // namespace henge::inspector

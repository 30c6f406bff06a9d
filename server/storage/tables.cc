#include "server/storage/tables.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/ring.h"
#include "server/storage/hint_codec.h"
#include "server/storage/store_keys.h"

namespace henge::storage {

void Table::insert(Bytes orderedKey, Record record) {
  bytes_ += record.bytes();
  auto [at, isNew] = rows_.try_emplace(std::move(orderedKey));
  if (!isNew) {
    assert(isNewer(record, at->second));
    bytes_ -= at->second.bytes();
  }
  if (isNew) sample_.add(at->first);
  at->second = std::move(record);
}

// A hint whose end comes while it is in this table leaves nothing: no other table and no store has
// heard of it, for no number is given twice.
void Table::insert(const HintEntry& entry) {
  constexpr std::uint64_t fixedBytes = 128;
  HintRow row = rowOf(entry);
  const auto bytesOf = [](const auto& at) {
    return fixedBytes + at.first.size() + (at.second ? at.second->size() : 0);
  };
  const auto found = hintRows_.find(row.key);
  const bool putHere = found != hintRows_.end() && found->second.has_value();
  if (found != hintRows_.end()) {
    bytes_ -= bytesOf(*found);
    hintRows_.erase(found);
  }
  if (putHere && std::holds_alternative<HintDone>(entry)) return;
  bytes_ += bytesOf(*hintRows_.emplace(std::move(row.key), std::move(row.value)).first);
}

const Record* Table::find(BytesView orderedKey) const {
  auto found = rows_.find(orderedKey);
  return found == rows_.end() ? nullptr : &found->second;
}

std::uint64_t Table::recordsBetween(BytesView from, BytesView to) const {
  return from.empty() && to.empty() ? rows_.size() : sample_.between(from, to);
}

bool Table::freeRows(std::size_t rowsMax) {
  sample_ = KeySample();  // its keys are those of the rows
  const auto freeSome = [&rowsMax](auto& rows) {
    for (; rowsMax > 0 && !rows.empty(); --rowsMax) rows.erase(rows.begin());
  };
  freeSome(rows_);
  freeSome(hintRows_);
  return rows_.empty() && hintRows_.empty();
}

const Record* Tables::find(BytesView key) const {
  if (partitioner_ == Partitioner::bytes) return findOrdered(key);
  return findOrdered(orderedKey(partitioner_, key));
}

const Record* Tables::findOrdered(BytesView orderedKey) const {
  if (const Record* hit = active_.find(orderedKey)) return hit;
  for (auto table = frozen_.rbegin(); table != frozen_.rend(); ++table)
    if (const Record* hit = table->table.find(orderedKey)) return hit;
  return nullptr;
}

const Record* Tables::findFrom(BytesView from, BytesView to, Bytes& at) const {
  const Record* best = nullptr;
  auto consider = [&](const Table& table) {
    auto found = table.rows().lower_bound(from);
    if (found == table.rows().end() || (!to.empty() && found->first >= to)) return;
    if (best != nullptr && found->first >= at) return;  // of equal keys the newer table's counts
    best = &found->second;
    at = found->first;
  };
  consider(active_);
  for (auto table = frozen_.rbegin(); table != frozen_.rend(); ++table) consider(table->table);
  return best;
}

bool Tables::findHintRow(BytesView from, BytesView to, BytesView& key,
                         const std::optional<Bytes>*& value) const {
  bool found = false;
  const auto consider = [&](const Table& table) {
    const auto at = table.hintRows().lower_bound(from);
    if (at == table.hintRows().end() || at->first >= to) return;
    if (found && at->first >= key) return;  // of equal keys the newer table's counts
    found = true;
    key = at->first;
    value = &at->second;
  };
  consider(active_);
  for (auto table = frozen_.rbegin(); table != frozen_.rend(); ++table) consider(table->table);
  return found;
}

ports::AppendOutcome Tables::insertIfNewest(Record record) {
  Bytes ordered = orderedKey(partitioner_, record.key);
  if (const Record* hit = findOrdered(ordered); hit != nullptr && !isNewer(record, *hit))
    return {record == *hit, hit->version};
  Version version = record.version;
  active_.insert(std::move(ordered), std::move(record));
  return {true, version};
}

void Tables::freeze(LogPosition end) {
  assert(frozen_.empty() || frozen_.back().end < end);
  frozen_.push_back({std::move(active_), end});
  active_ = Table();
}

FrozenTable* Tables::oldestUnfed() {
  auto found = std::find_if(frozen_.begin(), frozen_.end(),
                            [](const FrozenTable& table) { return !table.fed; });
  return found == frozen_.end() ? nullptr : &*found;
}

void Tables::markFed(FrozenTable& table, const Pins& pins) {
  assert(&table == oldestUnfed());
  table.fed = true;
  table.fedUpTo = pins.last();
}

void Tables::dropFed(const Pins& pins) {
  while (!frozen_.empty() && frozen_.front().fed && !pins.heldUpTo(frozen_.front().fedUpTo)) {
    drop(std::move(frozen_.front().table));
    frozen_.pop_front();
  }
}

void Tables::clear() {
  for (FrozenTable& frozen : std::exchange(frozen_, {})) drop(std::move(frozen.table));
  drop(std::exchange(active_, Table()));
}

void Tables::drop(Table table) {
  if (garbage_ != nullptr) garbage_->take(std::move(table));
}

bool Tables::allFed() const {
  return std::all_of(frozen_.begin(), frozen_.end(),
                     [](const FrozenTable& table) { return table.fed; });
}

std::uint64_t Tables::records() const {
  std::uint64_t total = active_.rows().size();
  for (const FrozenTable& table : frozen_) total += table.table.rows().size();
  return total;
}

std::uint64_t Tables::bytes() const {
  std::uint64_t total = active_.bytes();
  for (const FrozenTable& table : frozen_) total += table.table.bytes();
  return total;
}

std::uint64_t Tables::recordsBetween(BytesView from, BytesView to) const {
  std::uint64_t total = active_.recordsBetween(from, to);
  for (const FrozenTable& table : frozen_) total += table.table.recordsBetween(from, to);
  return total;
}

}  // namespace henge::storage

#include "server/storage/hint_scans.h"

#include <algorithm>
#include <utility>

#include "server/storage/hint_codec.h"
#include "server/storage/store_keys.h"

namespace henge::storage {

namespace {

constexpr std::size_t markBytesMax = 1 << 20;

Bytes justBehind(BytesView key) { return Bytes(key) + '\0'; }

}  // namespace

void HintScans::readHints(OpId op, ports::HintReadSink& sink, HintId above, NodeId last,
                          std::size_t hintsMax, std::size_t bytesMax) {
  Scan scan;
  scan.op = op;
  scan.sink = &sink;
  scan.from = justBehind(hintKey(above));
  scan.to = justBehind(hintKey({last, UINT64_MAX}));
  scan.rowsMax = std::max<std::size_t>(hintsMax, 1);
  scan.bytesMax = std::max<std::size_t>(bytesMax, 1);
  start(std::move(scan));
}

void HintScans::readMarks(OpId op, ports::HintReadSink& sink, const RepairMark* above,
                          std::size_t marksMax) {
  Scan scan;
  scan.op = op;
  scan.sink = &sink;
  scan.ofMarks = true;
  scan.from = above == nullptr ? markKey({}, "") : justBehind(markKey(above->target, above->first));
  scan.to = markEnd();
  scan.rowsMax = std::max<std::size_t>(marksMax, 1);
  scan.bytesMax = markBytesMax;
  start(std::move(scan));
}

void HintScans::onEnding(HintId id) {
  ending_.insert(id);
  for (auto& [op, scan] : scans_)
    std::erase_if(scan.hints, [id](const Hint& hint) { return hint.id == id; });
}

void HintScans::start(Scan scan) {
  const OpId id{++lastId_};
  scan.pin = pins_.pin();
  scan.era = era_.now();
  scan.storeFrom = scan.from;
  const Status asked = era_.check(scan.era);
  scans_.emplace(id, std::move(scan));
  asked ? advance(id) : finish(id, asked.error());
}

// One entry more than the page needs, so that it is known whether there are more.
void HintScans::askStore(OpId id, Scan& scan) {
  const std::size_t bytes = scan.bytesMax > scan.bytes ? scan.bytesMax - scan.bytes : 1;
  store_.scan(id, *this, scan.storeFrom, scan.to, scan.rowsMax - scan.rows() + 1, bytes);
}

void HintScans::onStore(OpId op, ports::StoreResult result) {
  const auto found = scans_.find(op);
  if (found == scans_.end()) return;
  Scan& scan = found->second;
  if (Status status = era_.check(scan.era); !status) return finish(op, status.error());
  if (!result.status) return finish(op, result.status.error());
  scan.storeEnded = result.entries.empty();
  if (!scan.storeEnded) scan.storeFrom = justBehind(result.entries.back().key);
  std::move(result.entries.begin(), result.entries.end(), std::back_inserter(scan.stored));
  advance(op);
}

// Merges as far as both heads are known. What a table has ended is passed over.
void HintScans::advance(OpId id) {
  Scan& scan = scans_.at(id);
  for (;;) {
    if (scan.stored.empty() && !scan.storeEnded) return askStore(id, scan);
    BytesView inTables;
    const std::optional<Bytes>* value = nullptr;
    const bool tabled = tables_.findHintRow(scan.from, scan.to, inTables, value);
    if (!tabled && scan.stored.empty()) return finish(id, false);
    const bool full = scan.rows() >= scan.rowsMax || scan.bytes >= scan.bytesMax;
    const bool takeTables = tabled && (scan.stored.empty() || inTables <= scan.stored.front().key);
    const BytesView key = takeTables ? inTables : BytesView(scan.stored.front().key);
    const std::optional<Bytes>& row = takeTables ? *value : scan.stored.front().value;
    if (row && full) return finish(id, true);
    Status status = row ? add(scan, key, *row) : Status();
    scan.from = justBehind(key);
    if (!scan.stored.empty() && scan.stored.front().key < scan.from) scan.stored.pop_front();
    if (!status) return finish(id, status.error());
  }
}

Status HintScans::add(Scan& scan, BytesView key, BytesView value) const {
  scan.bytes += key.size() + value.size();
  if (scan.ofMarks) {
    Result<RepairMark> mark = decodeMarkRow(key, value);
    if (!mark) return mark.error();
    scan.marks.push_back(std::move(mark).value());
    return {};
  }
  Result<Hint> hint = decodeHintRow(key, value);
  if (!hint) return hint.error();
  if (ending_.contains(hint->id)) return {};
  scan.hints.push_back(std::move(hint).value());
  return {};
}

void HintScans::finish(OpId id, Result<bool> more) {
  const auto found = scans_.find(id);
  Scan scan = std::move(found->second);
  scans_.erase(found);
  pins_.unpin(scan.pin);
  tables_.dropFed(pins_);
  const bool behind = more.ok() && *more;
  if (scan.ofMarks) {
    scan.sink->onMarksRead(scan.op,
                           more.ok() ? Result<std::vector<RepairMark>>(std::move(scan.marks))
                                     : Result<std::vector<RepairMark>>(more.error()),
                           behind);
  } else {
    scan.sink->onHintsRead(scan.op,
                           more.ok() ? Result<std::vector<Hint>>(std::move(scan.hints))
                                     : Result<std::vector<Hint>>(more.error()),
                           behind);
  }
}

}  // namespace henge::storage

#include "server/storage/scans.h"

#include <algorithm>

#include "server/storage/record_codec.h"
#include "server/storage/store_keys.h"

namespace henge::storage {

namespace {

Bytes justBehind(BytesView key) { return Bytes(key) + '\0'; }

}  // namespace

void Scans::start(OpId op, ports::ScanSink& sink, Bytes from, Bytes to, std::size_t recordsMax,
                  std::size_t bytesMax) {
  OpId id{++lastId_};
  Scan& scan = scans_[id];
  scan.op = op;
  scan.sink = &sink;
  scan.pin = pins_.pin();
  scan.era = era_.now();
  scan.storeFrom = from;
  scan.from = std::move(from);
  scan.to = std::move(to);
  scan.recordsMax = std::max<std::size_t>(recordsMax, 1);
  scan.bytesMax = std::max<std::size_t>(bytesMax, 1);
  advance(id);
}

// One entry more than the page needs, so that it is known whether there are more.
void Scans::askStore(OpId id, Scan& scan) {
  std::size_t bytes = scan.bytesMax > scan.bytes ? scan.bytesMax - scan.bytes : 1;
  store_.scan(id, *this, dataKey(scan.storeFrom), scan.to.empty() ? dataEnd() : dataKey(scan.to),
              scan.recordsMax - scan.page.size() + 1, bytes);
}

void Scans::onStore(OpId op, ports::StoreResult result) {
  auto found = scans_.find(op);
  if (found == scans_.end()) return;
  Scan& scan = found->second;
  if (Status status = era_.check(scan.era); !status) return finish(op, status.error());
  if (!result.status) return finish(op, result.status.error());
  scan.storeEnded = result.entries.empty();
  if (!scan.storeEnded) scan.storeFrom = justBehind(orderedOfDataKey(result.entries.back().key));
  std::move(result.entries.begin(), result.entries.end(), std::back_inserter(scan.stored));
  advance(op);
}

// Merges as far as both heads are known.
void Scans::advance(OpId id) {
  Scan& scan = scans_.at(id);
  for (;;) {
    if (scan.stored.empty() && !scan.storeEnded) return askStore(id, scan);
    Bytes ordered;
    const Record* inTables = tables_.findFrom(scan.from, scan.to, ordered);
    if (inTables == nullptr && scan.stored.empty()) return finish(id, false);
    if (scan.page.size() >= scan.recordsMax || scan.bytes >= scan.bytesMax) return finish(id, true);
    if (Status status = addNext(scan, inTables, ordered); !status)
      return finish(id, status.error());
  }
}

Status Scans::addNext(Scan& scan, const Record* inTables, const Bytes& orderedInTables) {
  BytesView storedKey =
      scan.stored.empty() ? BytesView() : orderedOfDataKey(scan.stored.front().key);
  bool takeStored = !scan.stored.empty() && (inTables == nullptr || storedKey <= orderedInTables);
  bool takeTables = inTables != nullptr && (scan.stored.empty() || orderedInTables <= storedKey);
  Record next;
  if (takeTables) {
    next = *inTables;
    scan.from = justBehind(orderedInTables);
  }
  if (takeStored) {
    BytesView key = keyOfOrdered(options_.partitioner, storedKey);
    Result<Record> row = decodeRow(key, scan.stored.front().value.value_or(Bytes()));
    if (!row) return row.error();
    scan.from = justBehind(storedKey);
    if (!takeTables || isNewer(*row, next)) next = std::move(row).value();
    scan.stored.pop_front();
  }
  scan.bytes += next.key.size() + next.value.size();
  scan.page.push_back(std::move(next));
  return {};
}

void Scans::finish(OpId id, Result<bool> more) {
  auto found = scans_.find(id);
  Scan scan = std::move(found->second);
  scans_.erase(found);
  pins_.unpin(scan.pin);
  tables_.dropFed(pins_);
  if (more)
    scan.sink->onScanned(scan.op, std::move(scan.page), *more);
  else
    scan.sink->onScanned(scan.op, more.error(), false);
}

}  // namespace henge::storage

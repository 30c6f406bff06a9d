#include "server/storage/lookups.h"

#include "core/rehearsal.h"
#include "core/ring.h"
#include "server/storage/record_codec.h"
#include "server/storage/store_keys.h"

namespace henge::storage {

ports::Look Lookups::forRead(OpId op, LookupSink& sink, BytesView key) {
  if (const Record* hit = tables_.find(key)) return {false, *hit};
  return ask(op, LookFor::read, sink, key);
}

ports::Look Lookups::forWrite(OpId op, LookupSink& sink, const Record& record) {
  if (const Record* hit = tables_.find(record.key)) return {false, *hit};
  if (fence_.isAbove(record.key, record.version)) return {};
  probe("lookup: below the fence");
  return ask(op, LookFor::write, sink, record.key);
}

ports::Look Lookups::ask(OpId op, LookFor purpose, LookupSink& sink, BytesView key) {
  Bytes storeKey = dataKey(orderedKey(partitioner_, key));
  const bool known = !era_.isClosed();
  if (auto cached = known ? store_.getCached(storeKey) : std::nullopt;
      cached && !maybe("lookup: as if not cached")) {
    if (!cached->has_value()) return {};
    // A row that cannot be read is asked for once more: its error has no place in this answer.
    if (Result<Record> row = decodeRow(key, **cached)) return {false, std::move(row).value()};
  }
  OpId mine{++asked_};
  waiting_.emplace(mine, Asked{op, purpose, &sink, Bytes(key), era_.now()});
  store_.get(mine, *this, std::move(storeKey));
  return {true, std::nullopt};
}

void Lookups::onStore(OpId op, ports::StoreResult result) {
  auto found = waiting_.find(op);
  if (found == waiting_.end()) return;
  Asked asked = std::move(found->second);
  waiting_.erase(found);
  if (Status status = era_.check(asked.era); !status) result.status = status;
  asked.sink->onFound(asked.op, asked.purpose, newestOf(asked.key, std::move(result)));
}

Result<std::optional<Record>> Lookups::newestOf(const Bytes& key, ports::StoreResult result) const {
  if (!result.status) return result.status.error();
  std::optional<Record> newest;
  if (result.value) {
    Result<Record> row = decodeRow(key, *result.value);
    if (!row) return row.error();
    newest = std::move(row).value();
  }
  const Record* hit = tables_.find(key);
  if (hit != nullptr) probe("lookup: written while the store was asked");
  if (hit != nullptr && (!newest || isNewer(*hit, *newest))) newest = *hit;
  return newest;
}

}  // namespace henge::storage

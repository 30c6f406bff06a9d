#include "server/storage/fence_scan.h"

#include <utility>

#include "server/storage/record_codec.h"
#include "server/storage/store_keys.h"

namespace henge::storage {

void FenceScan::readFrom(Bytes storeKey) {
  if (storeKey.empty()) storeKey = dataKey("");
  store_.scan(OpId{++lastOp_}, *this, std::move(storeKey), dataEnd(), rowsMax, bytesMax);
}

void FenceScan::onStore(OpId, ports::StoreResult result) {
  if (!result.status || step_ == Step::writing) return sink_.onFenceScanned(result.status);
  for (const ports::StoreEntry& row : result.entries)
    if (Status status = raise(row); !status) return sink_.onFenceScanned(status);
  if (!result.entries.empty()) return readFrom(result.entries.back().key + '\0');
  step_ = Step::writing;
  store_.write(OpId{++lastOp_}, *this, {{fenceKey(options_.owner.shard), encode(fence_)}});
}

Status FenceScan::raise(const ports::StoreEntry& row) {
  const BytesView key = keyOfOrdered(options_.partitioner, orderedOfDataKey(row.key));
  const Result<Record> record = decodeRow(key, *row.value);
  if (!record) return record.error();
  fence_.raise(key, record->version);
  return {};
}

}  // namespace henge::storage

// Keys and metadata of the store (docs/format/store.md). Pure.
#pragma once

#include <cstdint>

#include "core/cluster.h"
#include "core/hint.h"
#include "core/ids.h"
#include "core/result.h"

namespace henge::storage {

// Of a record with this ordered key (core/ring.h); ascending as ordered keys are.
Bytes dataKey(BytesView orderedKey);
Bytes dataEnd();                                 // above every data key
BytesView orderedOfDataKey(BytesView storeKey);  // precondition: a data key
// The record's own key; empty view if `orderedKey` is none.
BytesView keyOfOrdered(Partitioner partitioner, BytesView orderedKey);

// Ascending by target, then by number.
Bytes hintKey(HintId id);
Result<HintId> idOfHintKey(BytesView storeKey);  // corrupt: it is none
Bytes hintEnd();                                 // above every hint key

// Ascending by target, then by the range's first position.
Bytes markKey(NodeId target, BytesView first);
Result<NodeId> targetOfMarkKey(BytesView storeKey);  // corrupt: it is none
BytesView firstOfMarkKey(BytesView storeKey);        // precondition: it has a target
Bytes markEnd();                                     // above every mark key

Bytes appliedKey(std::uint32_t shard);
Bytes fenceKey(std::uint32_t shard);

Bytes encodeApplied(LogPosition applied);
Result<LogPosition> decodeApplied(BytesView bytes);

}  // namespace henge::storage

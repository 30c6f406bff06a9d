// Random records of one key that are close together, so that every rule of their order is met.
#pragma once

#include <rapidcheck.h>

#include "core/record.h"

namespace henge {

inline rc::Gen<Record> closeRecords() {
  return rc::gen::exec([] {
    Record record;
    record.key = "k";
    record.version = {*rc::gen::inRange<std::int64_t>(1, 4),
                      *rc::gen::inRange<std::uint64_t>(0, 3)};
    record.kind = *rc::gen::element(RecordKind::value, RecordKind::tombstone);
    record.expiryMicros = *rc::gen::element<std::int64_t>(0, 1, 2, INT64_MAX);
    if (!record.isTombstone()) record.value = *rc::gen::element<Bytes>("", "a", "ab", "b", "\xff");
    if (*rc::gen::inRange(0, 4) == 0) record.extensions[1] = "x";
    return record;
  });
}

}  // namespace henge

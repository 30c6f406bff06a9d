#include "server/storage/write_ops.h"

#include <cassert>

namespace henge::storage {

WriteOps::Op& WriteOps::begin(OpId op, std::uint64_t bytes) {
  auto [at, isNew] = ops_.try_emplace(op);
  assert(isNew);
  (void)isNew;
  at->second.bytes = bytes;
  bytes_ += bytes;
  return at->second;
}

WriteOps::Op* WriteOps::find(OpId op) {
  auto found = ops_.find(op);
  return found == ops_.end() ? nullptr : &found->second;
}

void WriteOps::end(OpId op) {
  auto found = ops_.find(op);
  assert(found != ops_.end());
  if (found->second.pin) pins_.unpin(*found->second.pin);
  bytes_ -= found->second.bytes;
  ops_.erase(found);
}

void WriteOps::settle(Op& op, const Record& record, const std::optional<Record>& held) {
  op.lookedUp = true;
  if (!held || isNewer(record, *held)) return;
  op.held = held->version;
  op.heldIsEqual = record == *held;
}

}  // namespace henge::storage

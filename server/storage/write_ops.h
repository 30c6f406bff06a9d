// Writes between admission and answer: what they reserve, pin and were compared with.
#pragma once

#include <optional>
#include <unordered_map>

#include "core/ids.h"
#include "core/record.h"
#include "server/storage/pins.h"

namespace henge::storage {

// Look-ups by operation id only; never iterated. Thread: the loop's.
class WriteOps {
 public:
  struct Op {
    std::uint64_t bytes = 0;           // reserved
    std::optional<std::uint64_t> pin;  // from its look-up on
    std::optional<Record> record;      // while its look-up is on its way to the store
    bool lookedUp = false;
    bool appended = false;
    bool abandoned = false;       // after its append: it ends unanswered when that is committed
    std::optional<Version> held;  // found by the look-up, and as new as the record or newer
    bool heldIsEqual = false;
  };

  explicit WriteOps(Pins& pins) : pins_(pins) {}

  // Precondition: no operation of this id.
  Op& begin(OpId op, std::uint64_t bytes);
  Op* find(OpId op);  // nullptr: it has ended, or never begun
  void end(OpId op);  // precondition: it has not ended

  // Keeps of what was found only what the append must know.
  static void settle(Op& op, const Record& record, const std::optional<Record>& held);

  std::uint64_t bytes() const { return bytes_; }  // reserved by all
  bool empty() const { return ops_.empty(); }

 private:
  Pins& pins_;
  std::unordered_map<OpId, Op> ops_;
  std::uint64_t bytes_ = 0;
};

}  // namespace henge::storage

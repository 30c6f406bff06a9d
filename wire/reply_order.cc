#include "wire/reply_order.h"

#include <cassert>
#include <utility>

namespace henge::wire {

std::uint64_t ReplyOrder::begin() {
  ++inFlight_;
  if (!overtaking_) slots_.push(std::nullopt);
  return ++lastBegun_;
}

void ReplyOrder::finish(std::uint64_t number, Bytes frame, OutputQueue& out, Urgency urgency) {
  assert(number >= 1 && number <= lastBegun_ && inFlight_ > 0);
  --inFlight_;
  if (overtaking_) {
    return urgency == Urgency::first ? out.appendFirst(std::move(frame))
                                     : out.append(std::move(frame));
  }
  assert(number > lastReleased_ && "answered twice");
  std::optional<Bytes>& slot = slots_[number - lastReleased_ - 1];
  assert(!slot && "answered twice");
  heldBytes_ += frame.size();
  slot = std::move(frame);
  release(out);
}

void ReplyOrder::release(OutputQueue& out) {
  while (!slots_.empty() && slots_.front()) {
    heldBytes_ -= slots_.front()->size();
    out.append(std::move(*slots_.front()));
    slots_.pop();
    ++lastReleased_;
  }
}

void ReplyOrder::letOvertake(OutputQueue& out) {
  overtaking_ = true;
  for (; !slots_.empty(); slots_.pop()) {
    if (slots_.front()) out.append(std::move(*slots_.front()));
  }
  heldBytes_ = 0;
}

}  // namespace henge::wire

#include "wire/pending_calls.h"

#include <cassert>
#include <limits>

namespace henge::wire {

std::int32_t PendingCalls::nextSeqid() {
  do {
    const bool isLast = lastSeqid_ == std::numeric_limits<std::int32_t>::max();
    lastSeqid_ = isLast ? 1 : lastSeqid_ + 1;
  } while (calls_.contains(lastSeqid_) || late_.contains(lastSeqid_));
  return lastSeqid_;
}

void PendingCalls::add(std::int32_t seqid, PendingCall call) {
  bytes_ += call.bytes;
  requests_ += call.isRequest() ? 1 : 0;
  deadlines_.emplace(call.deadline, seqid);
  [[maybe_unused]] const bool isNew = calls_.emplace(seqid, call).second;
  assert(isNew);
}

std::optional<PendingCall> PendingCalls::take(std::int32_t seqid) {
  const auto found = calls_.find(seqid);
  if (found == calls_.end()) return std::nullopt;
  const PendingCall call = found->second;
  bytes_ -= call.bytes;
  requests_ -= call.isRequest() ? 1 : 0;
  deadlines_.erase({call.deadline, seqid});
  calls_.erase(found);
  return call;
}

std::optional<PendingCall> PendingCalls::takeExpired(MonoTime now) {
  if (deadlines_.empty() || deadlines_.begin()->first > now) return std::nullopt;
  const std::int32_t seqid = deadlines_.begin()->second;
  const std::optional<PendingCall> call = take(seqid);
  if (call->kind == CallKind::fetch) return call;
  late_.emplace(seqid, *call);
  lateOrder_.push(seqid);
  if (lateOrder_.size() > lateMax) {
    late_.erase(lateOrder_.front());
    lateOrder_.pop();
  }
  return call;
}

std::optional<PendingCall> PendingCalls::takeLate(std::int32_t seqid) {
  const auto found = late_.find(seqid);
  if (found == late_.end()) return std::nullopt;
  const PendingCall call = found->second;
  late_.erase(found);
  if (late_.empty()) lateOrder_.clear();
  return call;
}

std::vector<PendingCall> PendingCalls::takeAll() {
  std::vector<PendingCall> all;
  all.reserve(calls_.size());
  late_.clear();
  lateOrder_.clear();
  while (!deadlines_.empty()) all.push_back(*take(deadlines_.begin()->second));
  return all;
}

std::optional<MonoTime> PendingCalls::nextDeadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

}  // namespace henge::wire

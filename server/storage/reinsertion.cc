#include "server/storage/reinsertion.h"

#include <algorithm>
#include <cassert>

#include "server/storage/batch_payload.h"

namespace henge::storage {

void Reinsertion::start(Bytes bytes, std::vector<Batch> batches) {
  assert(!running_);
  running_ = true;
  unreadable_.reset();
  storeFailed_ = false;
  [[maybe_unused]] const char* before = bytes.data();
  bytes_ = std::move(bytes);
  assert(batches.empty() || bytes_.data() == before);  // their payloads point into it
  batches_.assign(batches.begin(), batches.end());
  go();
}

void Reinsertion::go() {
  while (running_ && looking_.size() < lookupsMax) {
    if (!decoded_.empty()) {
      Record record = std::move(decoded_.front());
      decoded_.pop_front();
      look(std::move(record));
    } else if (!batches_.empty()) {
      if (Status status = decodeNext(); !status) return finish(status);
    } else {
      if (looking_.empty()) finish({});
      return;
    }
  }
}

Status Reinsertion::decodeNext() {
  Batch batch = batches_.front();
  batches_.pop_front();
  // A file that was cut had its full size once, and with it the right to this much memory.
  const std::uint64_t segmentBytes = std::max<std::uint64_t>(bytes_.size(), options_.segmentBytes);
  Result<DecodedEntries> entries = entriesOf(batch, segmentBytes);
  if (!entries) {
    const Error& error = entries.error();
    if (error.kind != ErrorKind::corrupt)
      return Error{error.kind, "the batch at " + toString(batch.header.at) + ": " + error.message};
    if (!unreadable_) unreadable_ = Unreadable{batch.header.at.offset, error.message};
    return {};
  }
  records_ += entries->records.size();
  skipped_ += entries->skipped;
  for (const HintEntry& hint : entries->hints) tables_.insert(hint);
  decoded_.assign(std::make_move_iterator(entries->records.begin()),
                  std::make_move_iterator(entries->records.end()));
  return {};
}

void Reinsertion::look(Record record) {
  OpId op{++lastLook_};
  ports::Look look = lookups_.forWrite(op, *this, record);
  if (look.later)
    looking_.emplace(op, std::move(record));
  else
    settle(std::move(record), look.held);
}

void Reinsertion::settle(Record record, const std::optional<Record>& held) {
  if (held && !isNewer(record, *held)) return;
  (void)tables_.insertIfNewest(std::move(record));
}

void Reinsertion::onFound(OpId op, LookFor, Result<std::optional<Record>> held) {
  auto found = looking_.find(op);
  if (found == looking_.end()) return;
  Record record = std::move(found->second);
  looking_.erase(found);
  if (!held) {
    storeFailed_ = true;
    return finish(held.error());
  }
  settle(std::move(record), *held);
  go();
}

void Reinsertion::finish(const Status& status) {
  running_ = false;
  batches_.clear();
  decoded_.clear();
  looking_.clear();
  bytes_ = Bytes();
  sink_.onReinserted(status);
}

}  // namespace henge::storage

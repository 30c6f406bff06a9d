#include "server/storage/mending.h"

#include <cassert>
#include <utility>

#include "core/rehearsal.h"
#include "server/storage/segment_names.h"
#include "server/storage/segment_reader.h"
#include "server/storage/store_keys.h"

namespace henge::storage {

namespace {

constexpr OpId reopenOp{1};
constexpr OpId appliedOp{2};
constexpr OpId fenceOp{3};

}  // namespace

Mending::Mending(const StorageOptions& options, MendingParts parts, MendingSink& sink)
    : options_(options),
      parts_(parts),
      sink_(sink),
      tables_(options.partitioner),
      lookups_(tables_, fence_, parts.store, options.partitioner),
      reinsertion_(options, tables_, lookups_, *this),
      feeder_(options, tables_, fence_, pins_, parts.store, *this) {}

void Mending::start(LogPosition fedTo) {
  assert(!running_);
  running_ = true;
  fedTo_ = fedTo;
  feeder_.pause();
  tables_.clear();
  fence_ = Fence();
  lacking_.clear();
  parts_.store.reopen(reopenOp, *this);
}

void Mending::onStore(OpId op, ports::StoreResult result) {
  if (!running_) return;
  if (!result.status) return fail(result.status.error());
  if (op == reopenOp) return onReopened();
  if (op == appliedOp) return plan(result);
  if (Status status = takeFence(result); !status) return fail(status.error());
  readNext();
}

void Mending::onReopened() {
  feeder_.resume();
  parts_.store.getPersisted(appliedOp, *this, appliedKey(options_.owner.shard));
}

void Mending::plan(const ports::StoreResult& applied) {
  LogPosition persisted;
  if (applied.value) {
    Result<LogPosition> decoded = decodeApplied(*applied.value);
    if (!decoded) return fail(decoded.error());
    persisted = *decoded;
  }
  lacking_ = parts_.segments.closedWithin(persisted, fedTo_);
  const std::uint64_t lacked = fedTo_.segment - std::min(fedTo_.segment, persisted.segment);
  if (lacking_.size() != lacked)
    return fail({ErrorKind::corrupt, "the store stands at " + toString(persisted) +
                                         " after it was opened anew: the log does not reach back "
                                         "so far"});
  parts_.store.getPersisted(fenceOp, *this, fenceKey(options_.owner.shard));
}

Status Mending::takeFence(const ports::StoreResult& fence) {
  if (!fence.value) return {};
  Result<Fence> decoded = decodeFence(*fence.value);
  if (!decoded) return decoded.error();
  fence_ = *std::move(decoded);
  return {};
}

void Mending::readNext() {
  if (lacking_.empty()) {
    running_ = false;
    return sink_.onMended();
  }
  probe("mending: a segment is fed again");
  parts_.disk.read(OpId{lacking_.front().segment}, *this,
                   segmentPath(options_.owner.shard, lacking_.front().segment), 0,
                   lacking_.front().offset);
}

// It was written, synced and ended by this very process: anything but its whole content is damage.
void Mending::onDisk(OpId, ports::DiskResult result) {
  if (!running_) return;
  if (!result.status) return fail(unreadable(result.status.error().message));
  Result<SegmentContent> content =
      readSegment(result.bytes, {options_.owner, lacking_.front().segment, 0}, std::nullopt);
  if (!content) return fail(unreadable(content.error().message));
  if (content->end != SegmentEnd::ended) return fail(unreadable("it does not reach its end"));
  reinsertion_.start(std::move(result.bytes), std::move(content->batches));
}

void Mending::onReinserted(Status status) {
  if (!running_) return;
  if (!status) return fail(status.error());
  tables_.freeze(lacking_.front());
  feeder_.feed();
}

void Mending::onFed(LogPosition) {
  if (!running_) return;
  tables_.dropFed(pins_);
  lacking_.pop_front();
  readNext();
}

void Mending::onFeedFailed(const Error& error) {
  if (running_) fail(error);
}

void Mending::fail(const Error& error) {
  running_ = false;
  sink_.onMendingFailed(error);
}

Error Mending::unreadable(const std::string& why) const {
  return {ErrorKind::corrupt, segmentPath(options_.owner.shard, lacking_.front().segment) +
                                  " cannot be read back into the store: " + why};
}

}  // namespace henge::storage

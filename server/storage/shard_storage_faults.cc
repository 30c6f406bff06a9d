// What becomes of a shard whose store fails: no space, damage, anything else.
#include "core/rehearsal.h"
#include "server/storage/shard_storage.h"

namespace henge::storage {

// The store's failures, told by itself or by whoever waited for it.
void ShardStorage::onStoreFailed(const Error& error) {
  if (storeState_ == StoreState::damaged || state_ == State::closed) return;
  if (state_ == State::opening) {
    stopFeeding();
    return replay_.onStoreFailed(error);
  }
  switch (error.kind) {
    case ErrorKind::diskFull:
      return onStoreFull(error);
    case ErrorKind::rebuilding:
      return;  // it is being opened anew, for what was told before
    case ErrorKind::corrupt:
      return onStoreDamaged(error);
    default:
      fatal_.fatal(ports::ExitCode::engineFailed, "the store failed: " + error.message);
  }
}

void ShardStorage::stopFeeding() {
  feeder_.pause();
  checkpoint_.pause();
}

// What it was fed is in its memory still: reads go on until there is space to open it anew.
void ShardStorage::onStoreFull(const Error& error) {
  if (storeState_ != StoreState::whole) return;
  probe("store: no space");
  storeState_ = StoreState::full;
  storeError_ = Error{ErrorKind::diskFull,
                      "diskFull: the store has found no space on the disk and is "
                      "opened anew when there is some: " +
                          error.message};
  events_.note(ports::Severity::error,
               "no space  writes are refused, gets go on: " + storeError_->message);
  stopFeeding();
  space_.keepLooking(true);
  proceedDraining();
}

// Everybody is answered "rebuilding" from the first moment on; the log is left as it is. What was
// replayed is but a beginning, and may be older than what follows.
void ShardStorage::openDamaged(const Error& error, OpenReport report) {
  markDamaged(error);
  tables_.clear();
  state_ = State::serving;
  const LogDamage damage{"store", 0, error.message, {}, {}};
  report.damage.push_back(damage);
  report.unaccepted.push_back(damage);
  opened_ = report;
  opening_->onOpened({}, std::move(report));
}

void ShardStorage::onStoreDamaged(const Error& error) {
  markDamaged(error);
  faults_.onStoreDamaged(storeError_->message);
  proceedDraining();
}

void ShardStorage::markDamaged(const Error& error) {
  storeState_ = StoreState::damaged;
  storeError_ = Error{ErrorKind::rebuilding, "the store is damaged: " + error.message};
  stopFeeding();
  space_.keepLooking(false);
  lookups_.close();
  scans_.close();
  hintScans_.close();
}

SpaceNeed ShardStorage::spaceNeed() const {
  return {.memtables = store_.unflushedBytes(),
          .tables = tables_.bytes() + writes_.bytes() + hintBytesPending_,
          .segment = options_.segmentBytes,
          .ballast = options_.ballastBytes};
}

void ShardStorage::onSpaceSeen() {
  if (state_ != State::serving) return;
  if (storeState_ == StoreState::full) {
    if (!space_.isShort()) mend();
  } else if (space_.isShort() && checkpoint_.applied() < fedTo_) {
    limitLog();
  }
}

void ShardStorage::mend() {
  storeState_ = StoreState::mending;
  lookups_.close();
  scans_.close();
  hintScans_.close();
  events_.note(ports::Severity::info, "space     the store is opened anew and fed from the log");
  mending_.start(fedTo_);
}

void ShardStorage::onMended() {
  if (storeState_ != StoreState::mending) return;
  storeState_ = StoreState::whole;
  storeError_.reset();
  space_.keepLooking(false);
  lookups_.open();
  scans_.open();
  hintScans_.open();
  events_.note(ports::Severity::info, "space     the store holds everything again, writes go on");
  checkpoint_.resume();
  feeder_.resume();
  proceedDraining();
}

void ShardStorage::onMendingFailed(const Error& error) {
  if (storeState_ != StoreState::mending) return;
  storeState_ = StoreState::full;
  if (error.kind != ErrorKind::diskFull) onStoreFailed(error);
}

}  // namespace henge::storage

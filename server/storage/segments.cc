#include "server/storage/segments.h"

#include <algorithm>
#include <cassert>

#include "server/storage/segment_names.h"

namespace henge::storage {

Segments::Segments(const StorageOptions& options, SegmentsEnvironment environment,
                   SegmentsSink& sink)
    : options_(options), environment_(environment), sink_(sink) {}

void Segments::start(FoundSegments found) {
  assert(nextId_ == 0 && found.nextId > 0);
  nextId_ = found.nextId;
  spares_ = std::move(found.spares);
  for (const FoundSegments::Closed& closed : found.closed) {
    closed_.push_back(closed);
    closedBytes_ += closed.fileBytes;
  }
  // From the last one on, so that no gap shows if this is interrupted.
  for (auto id = found.unused.rbegin(); id != found.unused.rend(); ++id) {
    assert(*id > nextId_);
    OpId op = nextOp(Step::disposing);
    disposals_.emplace(op, Disposal{});
    environment_.disk.remove(op, *this, pathOf(segmentName(*id)));
  }
  make();
}

ReadySegment Segments::take() {
  assert(ready_ && !inUse_);
  ReadySegment taken = *std::move(ready_);
  ready_.reset();
  inUse_ = true;
  ++nextId_;
  make();
  return taken;
}

void Segments::close(LogPosition end) {
  assert(inUse_ && hasReady());
  inUse_ = false;
  closed_.push_back({end, std::max(end.offset, options_.segmentBytes)});
  closedBytes_ += closed_.back().fileBytes;
}

void Segments::dropTo(LogPosition applied) {
  while (!closed_.empty() && closed_.front().end <= applied) {
    dispose(closed_.front());
    closedBytes_ -= closed_.front().fileBytes;
    closed_.pop_front();
  }
}

std::deque<LogPosition> Segments::closedWithin(LogPosition applied, LogPosition last) const {
  std::deque<LogPosition> ends;
  for (const FoundSegments::Closed& closed : closed_)
    if (applied < closed.end && closed.end <= last) ends.push_back(closed.end);
  return ends;
}

Status Segments::makeable() const {
  if (!waitingForSpace_) return {};
  return Error{ErrorKind::diskFull,
               "diskFull: no space on the disk for another segment of the log"};
}

// A new file gets its name only when it is whole: a name that stands for a segment is one.
void Segments::make() {
  assert(!ready_ && !making_);
  making_ = true;
  makingRecycled_ = !spares_.empty();
  if (makingRecycled_) {
    std::string spare = spares_.back();
    spares_.pop_back();
    nameIt(spare);
    return;
  }
  environment_.disk.remove(nextOp(Step::removing), *this, pathOf(newName));
  environment_.disk.create(nextOp(Step::creating), *this, pathOf(newName), options_.segmentBytes);
}

void Segments::nameIt(const std::string& from) {
  environment_.disk.rename(nextOp(Step::renaming), *this, pathOf(from),
                           pathOf(segmentName(nextId_)));
}

void Segments::dispose(const FoundSegments::Closed& closed) {
  std::string from = pathOf(segmentName(closed.end.segment));
  OpId op = nextOp(Step::disposing);
  bool fits = closed.fileBytes == options_.segmentBytes;
  if (fits && spares_.size() + sparesComing_ < options_.sparesMax) {
    ++sparesComing_;
    std::string spare = spareName(closed.end.segment);
    disposals_.emplace(op, Disposal{true, spare});
    environment_.disk.rename(op, *this, from, pathOf(spare));
    return;
  }
  disposals_.emplace(op, Disposal{});
  environment_.disk.remove(op, *this, from);
}

void Segments::onDisk(OpId op, ports::DiskResult result) {
  auto found = steps_.find(op);
  if (found == steps_.end() || dead_) return;
  Step step = found->second;
  steps_.erase(found);
  bool failed = !result.status;
  switch (step) {
    case Step::removing:
      if (failed && result.status.error().kind != ErrorKind::notFound) fail(result.status);
      break;
    case Step::creating:
      failed ? onMade(result.status) : nameIt(newName);
      break;
    case Step::renaming:
      onMade(result.status);
      break;
    case Step::disposing:
      onDisposed(op, result.status);
  }
}

void Segments::onMade(const Status& status) {
  making_ = false;
  bool full = !status && status.error().kind == ErrorKind::diskFull;
  if (!status && !full) return fail(status);
  if (full) {
    if (!waitingForSpace_)
      environment_.events.note(ports::Severity::error,
                               "log: no space for another segment: " + status.error().message);
    waitingForSpace_ = true;
    environment_.timers.wakeAt(environment_.clock.now() + options_.diskFullRetry, *this, 0);
  } else {
    waitingForSpace_ = false;
    ready_ = {nextId_, pathOf(segmentName(nextId_)), makingRecycled_};
  }
  sink_.onSegmentsChanged();
}

void Segments::onDisposed(OpId op, const Status& status) {
  auto found = disposals_.find(op);
  assert(found != disposals_.end());
  Disposal disposal = std::move(found->second);
  disposals_.erase(found);
  if (!status) return fail(status);
  if (!disposal.toSpare) return;
  --sparesComing_;
  spares_.push_back(std::move(disposal.spare));
}

void Segments::onTimer(std::uint64_t) {
  if (!dead_ && !ready_ && !making_) make();
}

void Segments::fail(const Status& status) {
  if (dead_) return;
  dead_ = true;
  environment_.fatal.fatal(
      ports::ExitCode::logFailed,
      "a file of the log cannot be made, renamed or removed: " + status.error().message);
}

std::string Segments::pathOf(const std::string& name) const {
  return logDirectory(options_.owner.shard) + "/" + name;
}

OpId Segments::nextOp(Step step) {
  OpId op{++lastOp_};
  steps_.emplace(op, step);
  return op;
}

}  // namespace henge::storage

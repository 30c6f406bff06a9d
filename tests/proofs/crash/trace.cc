#include "tests/proofs/crash/trace.h"

#include <cassert>
#include <utility>

namespace henge::proofs {

namespace {

Event step(Event::Kind kind, const std::string& path, std::uint64_t number = 0) {
  Event event;
  event.kind = kind;
  event.path = path;
  event.number = number;
  return event;
}

bool isSegment(const std::string& path) { return path.find("/segment-") != std::string::npos; }

}  // namespace

void redo(const Event& event, kit::FakeFileSystem& files) {
  Status done;
  switch (event.kind) {
    case Event::Kind::make:
      done = files.open(event.path, kit::FakeFileSystem::OpenAs::exclusive);
      break;
    case Event::Kind::write:
      done = files.write(event.path, event.number, event.bytes);
      break;
    case Event::Kind::zero:
      done = files.writeZeroes(event.path, event.number);
      break;
    case Event::Kind::resize:
      done = files.truncate(event.path, event.number);
      break;
    case Event::Kind::sync:
      done = files.sync(event.path);
      break;
    case Event::Kind::rename:
      done = files.rename(event.path, event.to);
      break;
    case Event::Kind::unlink:
      done = files.unlink(event.path);
      break;
    case Event::Kind::makeDirectory:
      done = files.makeDirectory(event.path);
      break;
    case Event::Kind::syncNames:
      files.syncDirectory(event.path);
      break;
    default:
      break;
  }
  assert(done);
}

void Recorder::note(Event event) {
  const std::lock_guard lock(mutex_);
  trace_.push_back(std::move(event));
}

Trace Recorder::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(trace_, {});
}

void Recorder::onWritten(const std::string& path, std::uint64_t offset, BytesView bytes) {
  if (bytes.empty()) return;
  Event event = step(Event::Kind::write, path, offset);
  event.bytes = Bytes(bytes);
  note(std::move(event));
}

void Recorder::onZeroed(const std::string& path, std::uint64_t bytes) {
  note(step(Event::Kind::zero, path, bytes));
}

// A new file has no bytes: that is no step of its own.
void Recorder::onResized(const std::string& path, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const bool made = !trace_.empty() && trace_.back().kind == Event::Kind::make &&
                    trace_.back().path == path && bytes == 0;
  if (!made) trace_.push_back(step(Event::Kind::resize, path, bytes));
}

void Recorder::onMade(const std::string& path) { note(step(Event::Kind::make, path)); }

void Recorder::onDirectoryMade(const std::string& path) {
  note(step(Event::Kind::makeDirectory, path));
}

void Recorder::onSynced(const std::string& path) { note(step(Event::Kind::sync, path)); }

void Recorder::onRenamed(const std::string& from, const std::string& to) {
  Event event = step(Event::Kind::rename, from);
  event.to = to;
  note(std::move(event));
}

void Recorder::onRemoved(const std::string& path) { note(step(Event::Kind::unlink, path)); }

void Recorder::onNamesSynced(const std::string& directory) {
  note(step(Event::Kind::syncNames, directory));
}

void Passages::add(const Passages& other) {
  points += other.points;
  storeSteps += other.storeSteps;
  rolls += other.rolls;
  tables += other.tables;
  deleted += other.deleted;
}

Passages passagesOf(const Trace& trace) {
  Passages seen;
  seen.points = 1;
  std::uint64_t begun = 0;
  for (const Event& event : trace) {
    if (!event.isStep()) continue;
    ++seen.points;
    seen.storeSteps += event.path.starts_with("store");
    const bool segment = isSegment(event.path);
    begun += segment && event.kind == Event::Kind::write && event.number == 0;
    seen.deleted += segment && (event.kind == Event::Kind::unlink ||
                                (event.kind == Event::Kind::rename && !isSegment(event.to)));
    seen.tables += event.kind == Event::Kind::sync && event.path.ends_with(".sst");
  }
  seen.rolls = begun == 0 ? 0 : begun - 1;
  return seen;
}

}  // namespace henge::proofs

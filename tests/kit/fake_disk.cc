#include "tests/kit/fake_disk.h"

namespace henge::kit {

FakeDisk::FakeDisk(FakeFiles& files, ports::Timers& timers, const ports::Clock& clock,
                   Duration latency)
    : files_(files), timers_(timers), clock_(clock), latency_(latency) {
  files_.join(lane_);
}

FakeDisk::~FakeDisk() { files_.leave(lane_); }

void FakeDisk::kill() {
  for (DiskOp& op : lane_)
    if (op.call == DiskCall::write) (void)finish(files_, op);
  lane_.clear();
}

void FakeDisk::create(OpId op, ports::DiskSink& sink, const std::string& path,
                      std::uint64_t bytes) {
  enqueue({.op = op, .sink = &sink, .call = DiskCall::create, .path = path, .number = bytes});
}

void FakeDisk::write(OpId op, ports::DiskSink& sink, const std::string& path, std::uint64_t offset,
                     Bytes bytes) {
  enqueue({.op = op,
           .sink = &sink,
           .call = DiskCall::write,
           .path = path,
           .number = offset,
           .bytes = std::move(bytes)});
}

void FakeDisk::sync(OpId op, ports::DiskSink& sink, const std::string& path) {
  enqueue({.op = op, .sink = &sink, .call = DiskCall::sync, .path = path});
}

void FakeDisk::read(OpId op, ports::DiskSink& sink, const std::string& path, std::uint64_t offset,
                    std::uint64_t length) {
  enqueue({.op = op,
           .sink = &sink,
           .call = DiskCall::read,
           .path = path,
           .number = offset,
           .length = length});
}

void FakeDisk::list(OpId op, ports::DiskSink& sink, const std::string& directory) {
  enqueue({.op = op, .sink = &sink, .call = DiskCall::list, .path = directory});
}

void FakeDisk::space(OpId op, ports::DiskSink& sink) {
  enqueue({.op = op, .sink = &sink, .call = DiskCall::space});
}

void FakeDisk::rename(OpId op, ports::DiskSink& sink, const std::string& from,
                      const std::string& to) {
  enqueue({.op = op, .sink = &sink, .call = DiskCall::rename, .path = from, .to = to});
}

void FakeDisk::remove(OpId op, ports::DiskSink& sink, const std::string& path) {
  enqueue({.op = op, .sink = &sink, .call = DiskCall::remove, .path = path});
}

void FakeDisk::makeDirectory(OpId op, ports::DiskSink& sink, const std::string& path) {
  enqueue({.op = op, .sink = &sink, .call = DiskCall::makeDirectory, .path = path});
}

void FakeDisk::truncate(OpId op, ports::DiskSink& sink, const std::string& path,
                        std::uint64_t bytes) {
  enqueue({.op = op, .sink = &sink, .call = DiskCall::truncate, .path = path, .number = bytes});
}

void FakeDisk::replace(OpId op, ports::DiskSink& sink, const std::string& path, Bytes bytes) {
  enqueue({.op = op,
           .sink = &sink,
           .call = DiskCall::replace,
           .path = freshName(path),
           .to = path,
           .bytes = std::move(bytes)});
}

void FakeDisk::enqueue(DiskOp op) {
  ++calls_[indexOf(op.call)];
  op.fault = faults_.next(op.call);
  if (!op.fault) op.fault = files_.faults().next(op.call);
  lane_.push_back(std::move(op));
  if (lane_.size() == 1) wakeForNext();
}

void FakeDisk::wakeForNext() {
  if (lane_.empty()) return;
  const Duration latency = drawn_ ? drawn_(lane_.front().call) : latency_;
  timers_.wakeAt(clock_.now() + latency * files_.slowness(), *this, ++awaited_);
}

void FakeDisk::onTimer(std::uint64_t token) {
  if (token != awaited_ || lane_.empty()) return;
  if (clock_.now() < files_.stalledUntil())
    return timers_.wakeAt(files_.stalledUntil(), *this, ++awaited_);
  DiskOp& first = lane_.front();
  auto result = stepByStep_ ? advance(files_, first) : finish(files_, first);
  if (!result) return wakeForNext();
  const DiskOp op = std::move(first);
  lane_.pop_front();
  wakeForNext();
  op.sink->onDisk(op.op, *std::move(result));  // last: it may end this disk
}

}  // namespace henge::kit

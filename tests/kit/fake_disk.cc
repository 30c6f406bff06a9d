#include "tests/kit/fake_disk.h"

#include <algorithm>

namespace henge::kit {

namespace {

ports::DiskResult failed(Error error) {
  ports::DiskResult result;
  result.status = std::move(error);
  return result;
}

}  // namespace

FakeDisk::FakeDisk(FakeFiles& files, ports::Timers& timers, const ports::Clock& clock,
                   Duration latency)
    : files_(files), timers_(timers), clock_(clock), latency_(latency) {}

void FakeDisk::failAfter(DiskCall call, int countdown, Error error) {
  failures_[call] = {countdown, false, std::move(error)};
}

void FakeDisk::failAlways(DiskCall call, Error error) {
  failures_[call] = {1, true, std::move(error)};
}

std::uint64_t FakeDisk::calls(DiskCall call) const {
  auto found = calls_.find(call);
  return found == calls_.end() ? 0 : found->second;
}

void FakeDisk::kill() {
  auto waiting = std::move(waiting_);
  waiting_.clear();
  for (auto& [token, one] : waiting)
    if (one.call == DiskCall::write) (void)execute(one);
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
           .path = path,
           .bytes = std::move(bytes)});
}

void FakeDisk::enqueue(Waiting waiting) {
  ++calls_[waiting.call];
  waiting.failure = nextFailure(waiting.call);
  busyUntil_ = std::max(busyUntil_, clock_.now()) + latency_;
  timers_.wakeAt(busyUntil_, *this, next_);
  waiting_.emplace(next_++, std::move(waiting));
}

std::optional<Error> FakeDisk::nextFailure(DiskCall call) {
  auto found = failures_.find(call);
  if (found == failures_.end()) return std::nullopt;
  Failure& failure = found->second;
  if (failure.always) return failure.error;
  if (--failure.countdown > 0) return std::nullopt;
  Error error = failure.error;
  failures_.erase(found);
  return error;
}

void FakeDisk::onTimer(std::uint64_t token) {
  auto found = waiting_.find(token);
  if (found == waiting_.end()) return;
  Waiting waiting = std::move(found->second);
  waiting_.erase(found);
  ports::DiskResult result = execute(waiting);
  waiting.sink->onDisk(waiting.op, std::move(result));
}

ports::DiskResult FakeDisk::execute(Waiting& waiting) {
  if (waiting.failure && waiting.call != DiskCall::write) return failed(*waiting.failure);
  if (waiting.call == DiskCall::list) return executeList(waiting);
  bool ofOneFile = waiting.call == DiskCall::write || waiting.call == DiskCall::sync ||
                   waiting.call == DiskCall::read || waiting.call == DiskCall::truncate;
  if (!ofOneFile) return executeOnNames(waiting);

  auto found = files_.files_.find(waiting.path);
  if (found == files_.files_.end()) return failed({ErrorKind::notFound, "no file " + waiting.path});
  FakeFiles::File& file = found->second;
  switch (waiting.call) {
    case DiskCall::write:
      if (waiting.failure) waiting.bytes.resize(waiting.bytes.size() / 2);
      FakeFiles::overlay(file.current, waiting.number, waiting.bytes);
      file.unsynced.push_back({++files_.writes_, waiting.number, std::move(waiting.bytes)});
      if (waiting.failure) return failed(*waiting.failure);
      break;
    case DiskCall::read: {
      ports::DiskResult result;
      if (waiting.number < file.current.size())
        result.bytes = file.current.substr(waiting.number, waiting.length);
      return result;
    }
    case DiskCall::truncate:
      file.current.resize(waiting.number, '\0');
      [[fallthrough]];
    default:
      file.durable = file.current;
      file.unsynced.clear();
  }
  return {};
}

ports::DiskResult FakeDisk::executeOnNames(Waiting& waiting) {
  auto& files = files_.files_;
  const std::string& target = waiting.call == DiskCall::rename ? waiting.to : waiting.path;
  if (Status parent = checkParent(target); !parent) return failed(parent.error());
  bool exists = files.contains(waiting.path);
  switch (waiting.call) {
    case DiskCall::create: {
      if (exists) return failed({ErrorKind::alreadyExists, waiting.path + " is there"});
      Bytes zeroes(waiting.number, '\0');
      files[waiting.path] = {zeroes, zeroes, {}};
      break;
    }
    case DiskCall::replace:
      files[waiting.path] = {waiting.bytes, waiting.bytes, {}};
      break;
    case DiskCall::makeDirectory:
      files_.directories_[waiting.path] = true;
      break;
    default:  // rename and remove
      if (!exists) return failed({ErrorKind::notFound, "no file " + waiting.path});
      if (waiting.call == DiskCall::rename) files[waiting.to] = std::move(files[waiting.path]);
      files.erase(waiting.path);
  }
  return {};
}

ports::DiskResult FakeDisk::executeList(const Waiting& waiting) const {
  if (!files_.directories_.contains(waiting.path))
    return failed({ErrorKind::notFound, "no directory " + waiting.path});
  ports::DiskResult result;
  std::string prefix = waiting.path + "/";
  for (const auto& [path, file] : files_.files_)
    if (path.starts_with(prefix) && path.find('/', prefix.size()) == std::string::npos)
      result.entries.push_back({path.substr(prefix.size()), file.current.size()});
  return result;
}

Status FakeDisk::checkParent(const std::string& path) const {
  std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || files_.directories_.contains(path.substr(0, slash))) return {};
  return Error{ErrorKind::notFound, "no directory " + path.substr(0, slash)};
}

}  // namespace henge::kit

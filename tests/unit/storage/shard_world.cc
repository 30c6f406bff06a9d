#include "tests/unit/storage/shard_world.h"

#include <gtest/gtest.h>

#include "server/storage/segment_names.h"

namespace henge::storage {

void ShardWorld::start() {
  commitDisk = std::make_unique<kit::FakeDisk>(files, loop, loop);
  sideDisk = std::make_unique<kit::FakeDisk>(files, loop, loop, 300_us);
  shard = std::make_unique<ShardStorage>(
      options_, static_cast<ports::StorageSink&>(*this),
      StorageEnvironment{*commitDisk, *sideDisk, *store_, loop, loop, *this, *this, *this});
  openedStatus.reset();
  fatalCode.reset();
  shard->open(*this);
}

Status ShardWorld::open() {
  start();
  loop.runUntil([&] { return openedStatus || fatalCode; });
  if (!openedStatus) return Error{ErrorKind::timeout, "never opened"};
  return *openedStatus;
}

void ShardWorld::die(std::size_t kept) {
  store.crash(kept);
  commitDisk->kill();
  sideDisk->kill();
  loop.forgetAll();
  shard.reset();
  writing_.clear();
}

void ShardWorld::beginDrain() {
  drainedStatus.reset();
  shard->drain(*this);
}

Status ShardWorld::awaitDrained() {
  loop.runUntil([&] { return drainedStatus || fatalCode; });
  if (!drainedStatus) return Error{ErrorKind::timeout, "never drained"};
  return *drainedStatus;
}

OpId ShardWorld::write(const Record& record) {
  OpId op{++lastOp_};
  Status admitted = shard->admit(op, record.kind, record.bytes());
  if (!admitted) {
    refused = admitted.error().message;
    return {};
  }
  ports::Look look = shard->lookForWrite(op, record);
  writing_[op] = record;
  if (!look.later) continueWrite(op, look.held);
  return op;
}

void ShardWorld::continueWrite(OpId op, const std::optional<Record>& held) {
  Record record = writing_.at(op);
  writing_.erase(op);
  if (!held || isNewer(record, *held)) return shard->append(op, std::move(record));
  shard->abandon(op);
  outcomes[op] = {*held == record, held->version};
}

std::optional<ports::AppendOutcome> ShardWorld::put(const Record& record) {
  OpId op = write(record);
  if (op == OpId{}) return std::nullopt;
  loop.runUntil([&] { return outcomes.contains(op) || fatalCode; }, 10_s);
  auto found = outcomes.find(op);
  if (found == outcomes.end()) return std::nullopt;
  return found->second;
}

Result<std::optional<Record>> ShardWorld::get(const Bytes& key) {
  OpId op{++lastOp_};
  ports::Look look = shard->lookForRead(op, key);
  if (!look.later) return look.held;
  loop.runUntil([&] { return looked.contains(op); });
  return looked.at(op);
}

std::vector<Record> ShardWorld::scanAll(std::size_t recordsMax, const Bytes& from,
                                        const Bytes& to) {
  std::vector<Record> all;
  Bytes next = from;
  do {
    page_.reset();
    shard->scan(OpId{++lastOp_}, *this, next, to, recordsMax, 1'000'000);
    loop.runUntil([&] { return page_.has_value(); });
    EXPECT_TRUE(page_->ok());
    EXPECT_TRUE(!more_ || (*page_)->size() == recordsMax);
    for (Record& record : **page_) all.push_back(std::move(record));
    if (more_) next = all.back().key + '\0';
  } while (more_);
  return all;
}

std::vector<std::string> ShardWorld::segmentFiles() const {
  std::vector<std::string> out;
  for (const std::string& path : files.paths())
    if (path.starts_with("log/0/segment-")) out.push_back(path);
  return out;
}

void ShardWorld::onLooked(OpId op, Result<std::optional<Record>> held) {
  if (!writing_.contains(op)) {
    looked.emplace(op, std::move(held));
    return;
  }
  if (held) return continueWrite(op, *held);
  writing_.erase(op);
  shard->abandon(op);
}

void ShardWorld::onAppended(OpId op, ports::AppendOutcome outcome) {
  EXPECT_FALSE(fatalCode) << "answered after the end";
  EXPECT_FALSE(outcomes.contains(op)) << "answered twice";
  outcomes[op] = outcome;
}

void ShardWorld::onScanned(OpId, Result<std::vector<Record>> page, bool more) {
  page_ = std::move(page);
  more_ = more;
}

void ShardWorld::onOpened(Status status, OpenReport opened) {
  EXPECT_FALSE(openedStatus) << "opened twice";
  openedStatus = std::move(status);
  report = std::move(opened);
}

void ShardWorld::fatal(ports::ExitCode code, const std::string& reason) {
  fatalCode = code;
  events.push_back("fatal " + reason);
}

void ShardWorld::note(ports::Severity, const std::string& line) { events.push_back(line); }

}  // namespace henge::storage

#include "client/load/load_ledger.h"

#include <algorithm>

#include "client/exit_code.h"

namespace henge::client {

namespace {

int exitOf(const PutResult& result) {
  if (result.failure->kind == FailureKind::invalidRequest) return exitUsage;
  return result.outcome == Outcome::unknown ? exitUnknown : exitUnavailable;
}

std::string sentenceOf(const PutResult& result) {
  const bool unknown = result.outcome == Outcome::unknown;
  return result.failure->message + (unknown ? "; it may have been stored" : "");
}

}  // namespace

void LoadLedger::begin(std::uint64_t line) {
  const std::lock_guard lock(mutex_);
  lines_ = std::max(lines_, line);
  underWay_.insert(line);
}

void LoadLedger::end(std::uint64_t line, const PutResult& result) {
  const std::lock_guard lock(mutex_);
  underWay_.erase(line);
  if (result.ok()) {
    ++stored_;
  } else {
    fail({line, sentenceOf(result), exitOf(result)});
  }
  ended_.notify_all();
}

void LoadLedger::refuse(std::uint64_t line, std::string message, int exit) {
  const std::lock_guard lock(mutex_);
  lines_ = std::max(lines_, line);
  underWay_.erase(line);
  fail({line, std::move(message), exit});
}

void LoadLedger::fail(const LoadFailure& failure) {
  ++failed_;
  firstFailed_ = firstFailed_ == 0 ? failure.line : std::min(firstFailed_, failure.line);
  const auto later = [](const LoadFailure& a, const LoadFailure& b) { return a.line < b.line; };
  first_.insert(std::upper_bound(first_.begin(), first_.end(), failure, later), failure);
  if (first_.size() > failuresShownMax) first_.pop_back();
}

LoadCounts LoadLedger::counts() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t upTo = lines_;
  if (!underWay_.empty()) upTo = std::min(upTo, *underWay_.begin() - 1);
  if (firstFailed_ != 0) upTo = std::min(upTo, firstFailed_ - 1);
  return {lines_, stored_, failed_, underWay_.size(), upTo, first_};
}

bool LoadLedger::awaitFewerThan(std::uint64_t most, std::chrono::milliseconds time) const {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, time, [&] { return underWay_.size() < most; });
}

}  // namespace henge::client

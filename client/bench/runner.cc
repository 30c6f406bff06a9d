#include "client/bench/runner.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace henge::bench {

namespace {

constexpr Duration tickEvery = 1_s;
constexpr auto lookEvery = std::chrono::milliseconds(50);  // for a signal

MonoTime now() {
  using std::chrono::duration_cast;
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return {duration_cast<std::chrono::microseconds>(since).count()};
}

RequestOptions requestOf(const Options& options) {
  RequestOptions out;
  out.level = options.level;
  return out;
}

}  // namespace

Runner::Runner(Client& client, const Options& options, ports::Random& random,
               ProgressSink& progress, const std::atomic<bool>& interrupted)
    : client_(client),
      options_(options),
      random_(random),
      progress_(progress),
      interrupted_(interrupted),
      runId_(random.next()),
      request_(requestOf(options)),
      source_(options.workload, options.keys),
      floor_(runId_) {}

Duration Runner::load() {
  Lock lock(mutex_);
  phase_ = Phase::loading;
  started_ = now();
  nextTick_ = started_ + tickEvery;
  lock.unlock();
  for (std::int64_t i = 0; i < options_.inFlight; ++i) goOn();
  lock.lock();
  while (loadDone_ < options_.keys && !interrupted_) {
    changed_.wait_for(lock, lookEvery);
    if (now() < nextTick_) continue;
    nextTick_ = nextTick_ + tickEvery;
    progress_.onLoading(loadDone_, options_.keys, tally_.failed());
  }
  drain(lock);
  progress_.onLoading(loadDone_, options_.keys, tally_.failed());
  return now() - started_;
}

RunEnd Runner::run() {
  Lock lock(mutex_);
  phase_ = Phase::running;
  (void)tally_.takeSecond();
  (void)tally_.takeReport();
  started_ = reported_ = now();
  nextTick_ = started_ + tickEvery;
  if (options_.reportEvery) nextReport_ = started_ + *options_.reportEvery;
  const MonoTime end = started_ + options_.time;
  lock.unlock();
  if (options_.rate) {
    pace(end);
    lock.lock();
  } else {
    for (std::int64_t i = 0; i < options_.inFlight; ++i) goOn();
    lock.lock();
    watch(lock, end);
  }
  const MonoTime stopped = now();
  drain(lock);
  if (options_.reportEvery) report(now(), std::min(stopped, end));
  RunEnd out;
  out.took = now() - started_;
  if (!options_.rate) return out;
  const std::int64_t meant =
      RateSchedule(started_, *options_.rate).dueBefore(std::min(stopped, end));
  out.notBegun = static_cast<std::uint64_t>(std::max<std::int64_t>(meant - begun_, 0));
  return out;
}

bool Runner::isOver(MonoTime at, MonoTime end) const { return at >= end || interrupted_; }

// The loop is kept going by its own answers; this only looks on.
void Runner::watch(Lock& lock, MonoTime end) {
  for (MonoTime at = now(); !isOver(at, end); at = now()) {
    changed_.wait_for(lock, std::min<std::chrono::microseconds>(
                                lookEvery, std::chrono::microseconds((end - at).micros)));
    tick(now());
  }
}

void Runner::tick(MonoTime at) {
  if (options_.reportEvery && at >= nextReport_) {
    nextReport_ = nextReport_ + *options_.reportEvery;
    report(at, at);
  }
  if (at < nextTick_) return;
  nextTick_ = nextTick_ + tickEvery;
  progress_.onSecond(at - started_, tally_.takeSecond(), tally_.failed());
}

// scheduled: until then operations were begun.
void Runner::report(MonoTime at, MonoTime scheduled) {
  SpanReport out{at - started_, at - reported_, tally_.takeReport(), underWay_, 0};
  if (options_.rate) {
    const std::int64_t due = RateSchedule(started_, *options_.rate).dueBefore(scheduled);
    out.behind = std::max<std::int64_t>(due - begun_, 0);
  }
  reported_ = at;
  progress_.onReport(out);
}

// Begins what is due. What finds no room waits, its intended start behind it.
void Runner::pace(MonoTime end) {
  const RateSchedule schedule(started_, *options_.rate);
  Lock lock(mutex_);
  for (MonoTime at = now(); !isOver(at, end); at = now()) {
    tick(at);
    Issued next;
    next.intended = schedule.beginOf(begun_);
    if (next.intended > at || underWay_ >= options_.inFlight) {
      const auto wait = std::chrono::microseconds((next.intended - at).micros);
      const bool isFull = underWay_ >= options_.inFlight;
      changed_.wait_for(lock,
                        isFull ? lookEvery : std::min<std::chrono::microseconds>(lookEvery, wait));
      continue;
    }
    if (!takeNext(next, next.intended)) return;
    lock.unlock();
    issue(next);
    lock.lock();
  }
}

void Runner::drain(Lock& lock) {
  phase_ = Phase::ending;
  changed_.wait(lock, [this] { return underWay_ == 0; });  // each ends by its deadline
  phase_ = Phase::idle;
}

bool Runner::takeNext(Issued& next, MonoTime at) {
  if (phase_ == Phase::loading) {
    if (loaded_ == options_.keys) return false;
    next.operation = {OpKind::put, loaded_++};
  } else if (phase_ == Phase::running) {
    next.operation = source_.next(random_);
    ++begun_;
  } else {
    return false;
  }
  next.intended = at;
  next.floor = options_.verify ? floor_.floorOf(next.operation.key) : 0;
  ++underWay_;
  return true;
}

// Closed loop: one more, if the phase goes on.
void Runner::goOn() {
  Issued next;
  {
    const std::lock_guard lock(mutex_);
    if (interrupted_ || !takeNext(next, now())) return;
  }
  issue(next);
}

void Runner::issue(Issued issued) {
  const OpKind kind = issued.operation.kind;
  kind == OpKind::get || kind == OpKind::rmw ? get(issued) : put(issued);
}

// Numbered and begun under one lock: later numbers are later stamps.
void Runner::put(Issued issued) {
  Lock lock(mutex_);
  issued.sequence = ++sequence_;
  const WriteId id{runId_, issued.operation.key, issued.sequence};
  Bytes value =
      options_.verify ? checkedValue(id, options_.valueBytes) : Bytes(options_.valueBytes, 'v');
  const auto begun =
      client_.beginPut(keyBytes(issued.operation.key), std::move(value), request_,
                       [this, issued](const PutResult& result) { onPut(issued, result); });
  lock.unlock();
  if (!begun.ok()) onRefused(issued, begun.error());
}

void Runner::get(Issued issued) {
  const auto begun =
      client_.beginGet(keyBytes(issued.operation.key), request_,
                       [this, issued](const GetResult& result) { onGot(issued, result); });
  if (!begun.ok()) onRefused(issued, begun.error());
}

void Runner::onPut(const Issued& issued, const PutResult& result) {
  if (options_.verify && result.ok()) {
    const std::lock_guard lock(mutex_);
    floor_.onAcknowledged(issued.operation.key, issued.sequence);
  }
  settle(issued, result.failure);
}

void Runner::onGot(Issued issued, const GetResult& result) {
  if (const std::optional<std::string> fault = check(issued, result)) {
    return end(issued, "mismatch", *fault);
  }
  if (issued.operation.kind == OpKind::rmw && result.ok()) return put(issued);
  settle(issued, result.failure);
}

std::optional<std::string> Runner::check(const Issued& issued, const GetResult& result) {
  if (!options_.verify || !result.ok()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const std::uint64_t floor = options_.level == Consistency::one ? 0 : issued.floor;
  std::optional<std::string> fault = floor_.faultOf(result.value, issued.operation.key, floor);
  if (fault) ++mismatches_;
  return fault;
}

void Runner::settle(const Issued& issued, const std::optional<Failure>& failure) {
  if (!failure) return end(issued, "", "");
  end(issued, std::string(nameOf(failure->kind)), failure->message);
}

// The last word on one operation. In a closed loop the next one is taken under the same lock: a
// chain that ends with a phase does not go on in the one after it.
void Runner::end(const Issued& issued, const std::string& errorKind, const std::string& message) {
  Issued next;
  bool goesOn = false;
  {
    const std::lock_guard lock(mutex_);
    account(issued, errorKind, message);
    --underWay_;
    const bool isClosedLoop = phase_ == Phase::loading || !options_.rate;
    goesOn = isClosedLoop && !interrupted_ && takeNext(next, now());
    if (underWay_ == 0 || underWay_ + 1 == options_.inFlight) changed_.notify_one();
  }
  if (goesOn) issue(next);
}

void Runner::account(const Issued& issued, const std::string& errorKind,
                     const std::string& message) {
  const bool isOfRun = begun_ > 0;
  if (!isOfRun) ++loadDone_;
  if (!errorKind.empty()) {
    tally_.onError(issued.operation.kind, errorKind, message);
  } else if (isOfRun) {
    tally_.onDone(issued.operation.kind, now() - issued.intended);
  }
}

// As many are under way as the client takes, so it does not refuse any; if it does, this is the end
// of one chain.
void Runner::onRefused(const Issued& issued, const Error& error) {
  const std::lock_guard lock(mutex_);
  account(issued, "overloaded", error.message);
  --underWay_;
  changed_.notify_one();
}

}  // namespace henge::bench

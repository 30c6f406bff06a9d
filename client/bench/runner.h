// Keeps a cluster busy.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "client/bench/arguments.h"
#include "client/bench/op_source.h"
#include "client/bench/rate_schedule.h"
#include "client/bench/tally.h"
#include "client/bench/value_check.h"
#include "client/library/client.h"
#include "server/ports/random.h"

namespace henge::bench {

// A span of a run that has just ended.
struct SpanReport {
  Duration since;  // the begin of the run
  Duration span;
  SpanTally tally;
  std::int64_t underWay = 0;
  std::int64_t behind = 0;  // open loop: due and not begun
};

class ProgressSink {
 public:
  // About once a second, of a load with so many keys or of the run.
  virtual void onLoading(std::uint64_t done, std::uint64_t keys, std::uint64_t errors) = 0;
  virtual void onSecond(Duration since, const SpanTally& second, std::uint64_t errors) = 0;
  // Every `reportEvery` of the options, and once more when the last request has ended.
  virtual void onReport(const SpanReport& report) = 0;

 protected:
  ~ProgressSink() = default;
};

struct RunEnd {
  Duration took;
  std::uint64_t notBegun = 0;  // open loop: meant to begin by the end, and did not
};

// One load and one run at the most, both called by one thread, the caller's; answers come on the
// client's. The client outlives it, and nothing is under way when a call returns.
class Runner {
 public:
  // interrupted: set by a signal; the phase under way ends soon after.
  Runner(Client& client, const Options& options, ports::Random& random, ProgressSink& progress,
         const std::atomic<bool>& interrupted);

  Duration load();
  RunEnd run();

  // Of the run; of the load, the errors and mismatches. Read it between the phases.
  const Tally& tally() const { return tally_; }
  std::uint64_t mismatches() const { return mismatches_; }

 private:
  // One operation under way.
  struct Issued {
    Operation operation;
    MonoTime intended;
    std::uint64_t sequence = 0;  // of its put
    std::uint64_t floor = 0;     // of its get
  };
  enum class Phase { idle, loading, running, ending };
  using Lock = std::unique_lock<std::mutex>;

  // Whether one more operation begins now; counts it.
  bool takeNext(Issued& next, MonoTime now);
  void goOn();
  void issue(Issued issued);
  void put(Issued issued);
  void get(Issued issued);
  void onPut(const Issued& issued, const PutResult& result);
  void onGot(Issued issued, const GetResult& result);
  std::optional<std::string> check(const Issued& issued, const GetResult& result);
  void settle(const Issued& issued, const std::optional<Failure>& failure);
  void end(const Issued& issued, const std::string& errorKind, const std::string& message);
  void account(const Issued& issued, const std::string& errorKind, const std::string& message);
  void onRefused(const Issued& issued, const Error& error);

  void watch(Lock& lock, MonoTime end);
  void tick(MonoTime now);
  void report(MonoTime now, MonoTime scheduled);
  bool isOver(MonoTime now, MonoTime end) const;
  void pace(MonoTime end);
  void drain(Lock& lock);

  Client& client_;
  const Options& options_;
  ports::Random& random_;  // under mutex_
  ProgressSink& progress_;
  const std::atomic<bool>& interrupted_;
  const std::uint64_t runId_;
  const RequestOptions request_;

  std::mutex mutex_;  // for all below
  std::condition_variable changed_;
  Phase phase_ = Phase::idle;
  OpSource source_;
  Tally tally_;
  ReadFloor floor_;
  MonoTime started_;
  MonoTime nextTick_;
  MonoTime reported_;  // the end of the last span
  MonoTime nextReport_;
  std::int64_t underWay_ = 0;
  std::uint64_t loaded_ = 0;  // keys begun by load()
  std::uint64_t loadDone_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t mismatches_ = 0;
  std::int64_t begun_ = 0;  // by run()
};

}  // namespace henge::bench

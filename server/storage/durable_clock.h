// The node's stamps, with a ceiling on disk that no restart falls below (docs/format/clock.md).
#pragma once

#include <optional>
#include <vector>

#include "core/hybrid_clock.h"
#include "core/peer_times.h"
#include "core/result.h"
#include "server/ports/clock.h"
#include "server/ports/disk.h"
#include "server/ports/events.h"
#include "server/ports/stamps.h"
#include "server/ports/timers.h"

namespace henge::storage {

inline constexpr const char* clockPath = "clock";  // relative to the data directory

Bytes encodeClockCeiling(std::int64_t ceiling);
// corrupt: not a clock file, or damaged; mismatch: a newer format.
Result<std::int64_t> decodeClockCeiling(BytesView bytes);

class ClockSink {
 public:
  virtual void onClockOpened(Status status) = 0;
  virtual void onClockClosed() = 0;

 protected:
  ~ClockSink() = default;
};

struct DurableClockOptions {
  std::uint64_t writer = 0;
  std::size_t members = 1;  // of the cluster, this node among them
  std::int64_t stampAheadMaxMs = 60'000;
};

struct DurableClockEnvironment {
  ports::Disk& disk;
  const ports::Clock& clock;
  ports::Timers& timers;
  ports::Events& events;
};

// Life: open() reads the ceiling; onClockOpened() says that stamps may be drawn. The ceiling is
// raised when one is wanted after the start or an idle time, and ahead of need while they are
// drawn. (Not by the start: the others have not been heard yet, and a ceiling that a wrong clock
// has raised binds after a crash.) After a crash stamps wait, for a second at most, until the wall
// clock has passed the ceiling; close() leaves just what was used, so that the next start need not.
// A file that is missing is a ceiling of 0. The wall clock counts as far as a majority of the
// members lets it (core/peer_times.h). Thread: the loop's.
class DurableClock final : public ports::Stamps, private ports::DiskSink, private ports::TimerSink {
 public:
  DurableClock(DurableClockOptions options, DurableClockEnvironment environment);

  void open(ClockSink& sink);
  // No stamp is drawn afterwards. onClockClosed() comes when the file is written, or cannot be.
  void close(ClockSink& sink);

  // Precondition of these: onClockOpened() came with an ok status, close() was not called.
  std::optional<Version> stamp() override;
  void tellWhenReady(ports::StampSink& sink) override;
  void observe(Version version) override;
  void observeTime(std::int64_t hybridTime) override;
  void hearClock(NodeId from, WallTime wall) override;
  WallTime wall() const override { return environment_.clock.wall(); }
  std::int64_t hybridNow() const override;

 private:
  void onDisk(OpId op, ports::DiskResult result) override;
  enum class Wake : std::uint64_t { raiseAgain, start };
  void wakeIn(Duration time, Wake what);
  void onTimer(std::uint64_t token) override;
  void onRead(const ports::DiskResult& result);
  void onReplaced(const Status& status);
  void say(const Status& written);
  WallTime boundedWall() const;
  void noteLead();
  void renew();
  void write(std::int64_t ceiling);
  void tellReady();

  DurableClockOptions options_;
  DurableClockEnvironment environment_;
  PeerTimes peerTimes_;
  bool leads_ = false;  // the wall clock is held back
  std::optional<HybridClock> clock_;
  ClockSink* opening_ = nullptr;
  std::int64_t wanted_ = 0;  // the ceiling being written, or to be written again; 0: none
  bool writing_ = false;
  bool awaitsRetry_ = false;    // a write has failed, the next one waits for its timer
  bool couldNotWrite_ = false;  // the last time; said once
  ClockSink* closing_ = nullptr;
  std::vector<ports::StampSink*> waiting_;  // each once
};

}  // namespace henge::storage

// The node's stamps, with a ceiling on disk that no restart falls below (docs/format/clock.md).
#pragma once

#include <optional>
#include <vector>

#include "core/hybrid_clock.h"
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

struct DurableClockEnvironment {
  ports::Disk& disk;
  const ports::Clock& clock;
  ports::Timers& timers;
  ports::Events& events;
};

// Life: open() reads the ceiling and writes the first new one; onClockOpened() says that stamps may
// be drawn; from then on the ceiling is raised ahead of need while stamps are drawn, and when one
// is wanted after an idle time. close() leaves just what was used, so that the next start does not
// run ahead of the wall clock. A file that is missing is a ceiling of 0. Thread: the loop's.
class DurableClock final : public ports::Stamps, private ports::DiskSink, private ports::TimerSink {
 public:
  DurableClock(std::uint64_t writer, DurableClockEnvironment environment);

  void open(ClockSink& sink);
  // No stamp is drawn afterwards. onClockClosed() comes when the file is written, or cannot be.
  void close(ClockSink& sink);

  // Precondition of these: onClockOpened() came with an ok status, close() was not called.
  std::optional<Version> stamp() override;
  void tellWhenReady(ports::StampSink& sink) override;
  void observe(Version version) override;
  std::int64_t hybridNow() const override;

 private:
  void onDisk(OpId op, ports::DiskResult result) override;
  void onTimer(std::uint64_t token) override;
  void onRead(const ports::DiskResult& result);
  void onReplaced(const Status& status);
  void renew();
  void write(std::int64_t ceiling);
  void tellReady();

  std::uint64_t writer_;
  DurableClockEnvironment environment_;
  std::optional<HybridClock> clock_;
  ClockSink* opening_ = nullptr;
  std::int64_t wanted_ = 0;  // the ceiling being written, or to be written again; 0: none
  bool writing_ = false;
  ClockSink* closing_ = nullptr;
  std::vector<ports::StampSink*> waiting_;  // each once
};

}  // namespace henge::storage

// Stamps for writes: near the wall clock, never repeated, never backwards – also after a restart
// with the clock set back (Kulkarni et al., "Logical Physical Clocks", OPODIS 2014, one-number
// form).
#pragma once

#include <cstdint>
#include <optional>

#include "core/time.h"
#include "core/version.h"

namespace henge {

// Pure: the caller brings the time and makes the ceiling durable. One per node.
//
// Every stamp is below a ceiling that was on disk before the stamp was given; the first one after a
// restart is at the ceiling or above. ceilingWanted() says when to write a higher one, well before
// stamps run out.
//
// A crash leaves a ceiling up to `reserve` ahead of the wall clock. Stamps that far ahead would
// beat what others stamp later by the same time, so the restarted clock waits until the wall clock
// is there (untilStart()). A ceiling further ahead cannot be waited for: the wall clock has been
// set back, and hybrid time begins at the ceiling.
class HybridClock {
 public:
  // How far ahead of the stamps a new ceiling is set.
  static constexpr Duration reserve{1'000'000};
  static constexpr std::int64_t timestampMax = std::int64_t{1} << 62;  // beyond every clock

  // durableCeiling: what the last run left on disk; 0 for a new directory.
  HybridClock(std::uint64_t writer, std::int64_t durableCeiling, WallTime wall);

  // How long stamp() has nothing to give because the last run may have given as much; 0: it has not
  // to wait for that.
  Duration untilStart(WallTime wall) const;
  // That time has passed. If the wall clock has not come along, stamps are ahead of it after all.
  void start();

  // The next version; nullopt before the start (above), and while the ceiling on disk is too low
  // (ask ceilingWanted()).
  std::optional<Version> stamp(WallTime wall);

  // A version seen in a request or an answer: later stamps are above it. They may have to wait for
  // a ceiling above it. A version beyond timestampMax is ignored: it must not use up the numbers.
  void observe(Version version);

  // A ceiling to make durable now, or nullopt: max(wall, highest) + reserve as soon as less than
  // half of the reserve is left. Ask after stamp() and after observe(). Asked again before
  // ceilingDurable(), it answers nullopt: one write is in flight at a time.
  std::optional<std::int64_t> ceilingWanted(WallTime wall);
  void ceilingDurable(std::int64_t ceiling);

  std::int64_t now(WallTime wall) const;  // hybrid time: max(wall, highest seen or given)
  std::int64_t used() const;  // the highest timestamp that was given in any run, or observed
  std::uint64_t writer() const { return writer_; }
  std::int64_t ceiling() const { return ceiling_; }

 private:
  std::uint64_t writer_;
  std::int64_t first_;        // the last run gave none as high
  std::int64_t highest_ = 0;  // the highest timestamp given or observed
  std::int64_t ceiling_;
  std::int64_t ceilingInFlight_ = 0;
};

// A stamp further ahead than limitMs of max(wall, hybrid) is refused where it enters the cluster.
bool isTooFarAhead(Version version, std::int64_t hybridNow, std::int64_t limitMs);

}  // namespace henge

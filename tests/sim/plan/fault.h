// What goes wrong, when, and to whom: an explicit list, made before the run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "tests/sim/chance.h"
#include "tests/sim/plan/settings.h"

namespace henge::sim {

enum class FaultKind {
  // A process. `lasts`: how long until it is started again.
  crash,        // kill -9: memory and unflushed store batches are lost, the page cache stays
  powerCut,     // of what was not synced, each sector is kept or lost by lot
  powerCutAll,  // of every node at once
  cleanStop,    // SIGTERM
  pause,        // SIGSTOP until `lasts` is over
  otherLimits,  // stopped, and started with limits drawn anew
  secondStart,  // another process is started on the same directory
  // The network.
  isolate,       // all links of node a
  isolatePeers,  // those to other nodes; clients still reach it
  partial,       // a and b cannot reach each other, all others can
  oneWay,        // a's bytes do not reach b
  halves,        // nodes below a against the rest
  bridge,        // the same, but for node b, which reaches both
  clog,          // `amount` µs of delay on all links of a
  swizzle,       // many nodes are clogged one after the other, and freed in the opposite order
  halfOpen,      // the streams between a and b die without a word
  reset,         // the streams between a and b are reset
  midFrame,      // the streams between a and b stop in the middle of a frame
  refuseDials,   // a takes no new connections
  neverRead,     // a accepts and never reads
  // A disk.
  slowDisk,   // `amount` times slower
  stallDisk,  // nothing ends until `lasts` is over
  diskFull,   // `amount` bytes are left; odd: the store finds none for what it was fed
  writeError,
  syncError,
  renameError,
  bitRot,        // `amount` bits of the log, found at the next start
  loseFile,      // a log segment is gone, or cut short, or zeroed, found at the next start
  wipe,          // a comes back with an empty disk
  oldDirectory,  // a comes back with the disk as it was `amount` µs before
  // A clock.
  clockStep,   // by `amount` µs, either way
  clockDrift,  // `amount` ppm
  clockStuck,
  clockBackOverRestart,  // `amount` µs back while a is down
};
inline constexpr int faultKinds = static_cast<int>(FaultKind::clockBackOverRestart) + 1;

struct Fault {
  Duration at;  // after the begin
  FaultKind kind = FaultKind::crash;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  Duration lasts;
  std::int64_t amount = 0;
  friend bool operator==(const Fault&, const Fault&) = default;
};

std::string_view nameOf(FaultKind kind);

// "12345678 powerCut a 2 b 0 lasts 1500000 amount 0" – times in µs.
std::string print(const Fault& fault);
Result<Fault> parseFault(std::string_view line);

// Which kinds exist in this run at all, then how often, then each. Damage that no quorum covers –
// of more than N − Q of a key's replicas – is not drawn: of such a run unavailability would be the
// right end. Settings decide what would be unfair: with N = 1 no disk is damaged.
std::vector<Fault> drawFaults(const Settings& settings);

// A case: settings and faults, as text. Lines: "name value", "fault …", "# comment".
struct Case {
  Settings settings;
  std::vector<Fault> faults;
};
std::string print(const Case& what);
Result<Case> parseCase(std::string_view text);

}  // namespace henge::sim

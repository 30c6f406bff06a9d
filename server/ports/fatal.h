#pragma once

#include <string>

namespace henge::ports {

// Exit codes of henge-server beyond sysexits' (docs/operations.md lists them all).
enum class ExitCode : int {
  ok = 0,
  usage = 64,
  badData = 65,  // a file that cannot be read as what it should be
  internal = 70,
  cannotCreate = 73,  // port or directory in use
  ioError = 74,
  configuration = 78,
  logFailed = 79,     // a write or sync of the recovery log failed: what the disk holds is unknown
  engineFailed = 80,  // RocksDB reported damage or a failed background job
  logDamaged = 81,    // the log has lost what was synced, and --on_log_damage is stop
};

// Ends the process: nothing may be acknowledged after the call. It may return (in the simulator the
// node is dead but its stack unwinds), so the caller returns at once.
class Fatal {
 public:
  virtual ~Fatal() = default;
  virtual void fatal(ExitCode code, const std::string& reason) = 0;
};

}  // namespace henge::ports

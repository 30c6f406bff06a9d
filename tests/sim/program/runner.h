// A process that runs cases one after the other, so that one that crashes or never ends is a
// finding and not the end of the search.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>

#include "core/time.h"
#include "tests/sim/program/run_report.h"

namespace henge::sim {

// Called in the child.
using Job = std::function<RunReport(std::uint64_t index)>;

// The child lives from the constructor until the destructor, or until it dies by a job; it is ended
// with its parent. What it writes to stderr is kept for its obituary. Throws std::system_error if
// there is no child to be had.
class Runner {
 public:
  explicit Runner(const Job& job);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  void begin(std::uint64_t index);
  int socket() const { return socket_; }  // readable: the report is there, or the child is dead
  // Of a readable socket. After a death the runner is of no more use: hasDied().
  RunReport take();
  bool hasDied() const { return child_ == 0; }

 private:
  [[noreturn]] void serve(const Job& job, int socket) const;
  void bury(int& status);
  Finding obituary(int status) const;
  std::string lastWords() const;

  int socket_ = -1;
  int errors_ = -1;  // the child's stderr, a file without a name
  pid_t child_ = 0;
};

// What a dead process has said, from its first line that names an error on; else its end.
std::string tellingPart(const std::string& words);
// "world.cc:123" of "henge-sim: …/world.cc:123: …: Assertion `…' failed."; else nothing.
std::string assertedAt(const std::string& words);

}  // namespace henge::sim

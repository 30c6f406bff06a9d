// The way of one request, as text that goes back with its answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace henge {

// Steps in the order they are noted, all by one clock: the coordinator's. A node's own times are
// spans in a step's text, so that no two clocks are ever compared. docs/mechanisms/tracing.md
//
//   trace 0001000000000007  get user:7  QUORUM  coordinator n1  total 0.44 ms
//     0.00  n1  …
//     0.31  n2  answers …
//   2 of 3 replicas answered, QUORUM needs 2; they agree.
//
// Thread: one at a time.
class RequestTrace {
 public:
  // Together they keep a trace within the room that every frame has beside its key and value.
  static constexpr std::size_t linesMax = 200;  // of the steps behind them only the number is told
  static constexpr std::size_t lineBytesMax = 200;       // of a step's text; what is longer is cut
  static constexpr std::size_t closingBytesMax = 2'000;  // names each replica, with its version

  RequestTrace(std::uint64_t id, MonoTime begun) : id_(id), begun_(begun) {}

  std::uint64_t id() const { return id_; }

  // `node` did that. What a terminal would obey is shown as "?".
  void note(MonoTime at, NodeId node, std::string_view text);

  // Each line ended by a newline, the closing sentence last. `title`: what was asked of whom.
  std::string text(std::string_view title, MonoTime ended, std::string_view closing) const;

 private:
  struct Step {
    std::string at;  // milliseconds since it began
    std::string node;
    std::string text;
  };

  std::uint64_t id_;
  MonoTime begun_;
  std::vector<Step> steps_;
  std::size_t cut_ = 0;  // steps beyond linesMax
};

}  // namespace henge

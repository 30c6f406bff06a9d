// Which calls of a disk fail, and how.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "core/error.h"

namespace henge::kit {

enum class DiskCall {
  create,
  write,
  sync,
  read,
  list,
  rename,
  remove,
  makeDirectory,
  truncate,
  replace,
  space
};
constexpr std::size_t diskCallCount = 11;
constexpr std::size_t indexOf(DiskCall call) { return static_cast<std::size_t>(call); }

// A call fails after `steps` of the steps it is made of (fake_steps.h); 0: it does nothing. More
// steps than it has: it is done, and says that it failed.
struct DiskFault {
  Error error;
  std::size_t steps = 0;
};

// A failed write keeps the first half of its bytes. After a failed sync what was not synced is read
// back until a power cut and lost by it, even if a later sync succeeds: Linux calls the pages
// clean.
class DiskFaults {
 public:
  // The `countdown`-th call of this kind from now (1: the next).
  void failAfter(DiskCall call, int countdown, Error error, std::size_t steps = 0) {
    plans_[indexOf(call)] = Plan{countdown, false, {std::move(error), steps}};
  }
  void failAlways(DiskCall call, Error error, std::size_t steps = 0) {  // until heal()
    plans_[indexOf(call)] = Plan{1, true, {std::move(error), steps}};
  }
  void heal() { plans_ = {}; }

  // One call of this kind comes.
  std::optional<DiskFault> next(DiskCall call) {
    auto& plan = plans_[indexOf(call)];
    if (!plan) return std::nullopt;
    if (plan->always) return plan->fault;
    if (--plan->countdown > 0) return std::nullopt;
    std::optional<DiskFault> fault = std::move(plan->fault);
    plan.reset();
    return fault;
  }

 private:
  struct Plan {
    int countdown = 1;
    bool always = false;
    DiskFault fault;
  };
  std::array<std::optional<Plan>, diskCallCount> plans_;
};

}  // namespace henge::kit

// Runs all chosen cases and prints what is found.
#pragma once

#include <cstdint>
#include <optional>

#include "tests/sim/program/arguments.h"
#include "tests/sim/program/case_choice.h"
#include "tests/sim/program/progress.h"
#include "tests/sim/program/report_text.h"
#include "tests/sim/program/run_in_order.h"

namespace henge::sim {

class Search {
 public:
  // This many findings are told with their events, the others by their sentence alone.
  static constexpr std::uint64_t toldInFull = 10;

  struct First {
    std::uint64_t index = 0;
    Finding finding;
  };

  Search(const Arguments& arguments, const CaseChoice& choice, RunLimits limits);

  void run();
  const Totals& totals() const { return totals_; }
  const std::optional<First>& first() const { return first_; }

 private:
  bool take(std::uint64_t index, const RunReport& report);
  void tell(std::uint64_t index, const Finding& finding);
  RunReport runAt(std::uint64_t index) const;  // in a child

  const Arguments& arguments_;
  const CaseChoice& choice_;
  const RunLimits limits_;
  const Progress progress_;
  Totals totals_;
  std::optional<First> first_;
};

}  // namespace henge::sim

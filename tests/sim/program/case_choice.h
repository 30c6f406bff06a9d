// Which cases the arguments mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/result.h"
#include "tests/sim/plan/fault.h"
#include "tests/sim/program/arguments.h"

namespace henge::sim {

class CaseChoice {
 public:
  // `base`: the first seed if no argument says which. notFound, invalidRequest: of the case's file
  // or of an overridden setting, in one sentence.
  static Result<CaseChoice> from(const Arguments& arguments, std::uint64_t base);

  std::uint64_t count() const { return count_; }
  std::uint64_t seedAt(std::uint64_t index) const { return first_ + index; }  // not of a file
  Case at(std::uint64_t index) const;
  std::string nameAt(std::uint64_t index) const;    // "seed 7", "case FILE"
  std::string replayOf(std::uint64_t index) const;  // the command that runs it again

 private:
  explicit CaseChoice(const Arguments& arguments) : arguments_(arguments) {}
  Settings overridden(Settings settings) const;

  Arguments arguments_;
  std::uint64_t first_ = 0;
  std::uint64_t count_ = 1;
  std::optional<Case> fromFile_;
};

}  // namespace henge::sim

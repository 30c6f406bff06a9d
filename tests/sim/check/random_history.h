// Histories by lot: those of a real register, and the same with something put wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/chance.h"
#include "tests/sim/check/history.h"

namespace henge::sim {

struct HistoryShape {
  int opsMax = 12;
  int clientsMax = 4;
  int casPercent = 0;
  std::uint64_t valuesMax = 0;  // 0: every put has its own; else values are of 1 … valuesMax
};

// Each client does one thing after the other; each operation takes effect at one instant of its
// own, an unknown one perhaps after its client has gone on, or never. So it is linearizable.
std::vector<RegisterOp> historyOfARegister(Chance& chance, const HistoryShape& shape);

// One to three changes, each of one operation: another value read, other times, an unknown put
// acknowledged, a swap answered the other way. It may be linearizable still.
void mutate(Chance& chance, std::vector<RegisterOp>& history);

std::string toString(const std::vector<RegisterOp>& history);  // one line each, for a failed test

}  // namespace henge::sim

#include "tests/sim/oracle/verdict.h"

#include <array>
#include <cstdio>

namespace henge::sim {

std::string_view nameOf(Invariant invariant) {
  static constexpr std::array<std::string_view, 21> names{"",
                                                          "integrity",
                                                          "unique",
                                                          "monotone",
                                                          "okMeansQuorum",
                                                          "fresh",
                                                          "finalValue",
                                                          "failureIsFailure",
                                                          "unknownIsUnknown",
                                                          "convergence",
                                                          "noBackFlow",
                                                          "deletedStaysDeleted",
                                                          "levelOne",
                                                          "atomicRegister",
                                                          "prefixLog",
                                                          "logAndEngine",
                                                          "amnesia",
                                                          "bounded",
                                                          "live",
                                                          "handedOver",
                                                          "toldItsWay"};
  return names.at(static_cast<std::size_t>(invariant));
}

std::string toString(const Violation& violation) {
  const std::int64_t micros = violation.at.micros;
  std::array<char, 64> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%lld.%06lld",
                static_cast<long long>(micros / 1000000), static_cast<long long>(micros % 1000000));
  return "I" + std::to_string(static_cast<int>(violation.invariant)) + " " +
         std::string(nameOf(violation.invariant)) + " at " + seconds.data() +
         " s: " + violation.sentence;
}

}  // namespace henge::sim

#include "core/consistency.h"

#include <algorithm>
#include <cassert>

namespace henge {

int requiredOf(Consistency level, int replicas) {
  assert(replicas >= 1);
  switch (level) {
    case Consistency::one:
      return 1;
    case Consistency::quorum:
      return replicas / 2 + 1;
    case Consistency::all:
      return replicas;
  }
  assert(false);
  return replicas;
}

std::string_view nameOf(Consistency level) {
  switch (level) {
    case Consistency::one:
      return "ONE";
    case Consistency::quorum:
      return "QUORUM";
    case Consistency::all:
      return "ALL";
  }
  return "unknown";
}

std::optional<Consistency> parseConsistency(std::string_view text) {
  auto sameLetter = [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; };
  for (Consistency level : {Consistency::one, Consistency::quorum, Consistency::all}) {
    std::string_view name = nameOf(level);
    if (std::equal(text.begin(), text.end(), name.begin(), name.end(), sameLetter)) return level;
  }
  return std::nullopt;
}

}  // namespace henge

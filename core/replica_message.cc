#include "core/replica_message.h"

namespace henge {

std::string_view nameOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::none:
      return "none";
    case Refusal::overloaded:
      return "overloaded";
    case Refusal::staleEpoch:
      return "stale epoch";
    case Refusal::diskFull:
      return "disk full";
    case Refusal::stamp:
      return "stamp too far ahead";
    case Refusal::expired:
      return "deadline expired";
    case Refusal::notOwner:
      return "not an owner of the key";
    case Refusal::invalid:
      return "invalid request";
  }
  return "unknown";
}

}  // namespace henge

#include "core/hint_policy.h"

namespace henge {

HintRoom roomFor(const HintLimits& limits, std::uint64_t bytes, std::uint64_t bytesOfTarget,
                 std::uint64_t bytesOfAll) {
  if (bytesOfTarget + bytes > limits.bytesMax) return HintRoom::targetFull;
  if (bytesOfAll + bytes > limits.bytesAllMax) return HintRoom::allFull;
  return HintRoom::kept;
}

bool hasExpired(const Hint& hint, WallTime now) { return now >= hint.expiresAt; }

namespace {

Delivery ofRefusal(Refusal refusal) {
  switch (refusal) {
    case Refusal::none:     // what it holds could not be read
    case Refusal::expired:  // it was too long on its way
      return Delivery::silent;
    case Refusal::overloaded:
      return Delivery::slower;
    case Refusal::diskFull:
    case Refusal::staleEpoch:
    case Refusal::notOwner:
    case Refusal::stamp:  // hints are never held against the clock, so it is not this version's
                          // word
      return Delivery::later;
    case Refusal::invalid:
      return Delivery::never;
  }
  return Delivery::later;
}

}  // namespace

Delivery deliveryOf(const ApplyReply& reply) {
  switch (reply.outcome) {
    case ApplyOutcome::applied:
    case ApplyOutcome::superseded:
      return Delivery::done;
    case ApplyOutcome::failed:
    case ApplyOutcome::unreachable:
      return Delivery::silent;
    case ApplyOutcome::rebuilding:
      return Delivery::later;
    case ApplyOutcome::refused:
      return ofRefusal(reply.refusal);
  }
  return Delivery::later;
}

}  // namespace henge

#include "tests/sim/detector/stalls.h"

namespace henge::sim {

Stalls::Stalls(Stage& stage, std::uint64_t seed) : stage_(stage) {
  for (std::uint32_t node = 0; node < stage.nodes(); ++node) {
    chances_.push_back(Chance(seed).fork("stalls", node));
  }
}

void Stalls::begin() {
  for (std::uint32_t node = 0; node < stage_.nodes(); ++node) {
    const Duration first = betweenLeast + chances_[node].waiting(between);
    stage_.heap().wakeAt(stage_.heap().now() + first, *this, node);
  }
}

void Stalls::onTimer(std::uint64_t node) {
  Machine& machine = stage_.machine(static_cast<std::uint32_t>(node));
  Chance& chance = chances_[node];
  Duration next;
  if (machine.isPaused()) {
    machine.goOn();
    next = betweenLeast + chance.waiting(between);
  } else {
    machine.pause();
    next = chance.between(Duration{}, longest);
    ++count_;
    stalled_ = stalled_ + next;
  }
  stage_.heap().wakeAt(stage_.heap().now() + next, *this, node);
}

}  // namespace henge::sim

#include "core/suspicion.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

namespace henge {

namespace {

// log(c + 1) / log(k + 1) in thousandths, by k and c: whole numbers are the same everywhere.
constexpr std::array<std::array<std::int64_t, 4>, 4> fallen{
    {{1000, 1000, 1000, 1000}, {0, 1000, 1000, 1000}, {0, 631, 1000, 1000}, {0, 500, 792, 1000}}};

constexpr std::int64_t mostTimesLeast = 3;

}  // namespace

SuspicionTiming SuspicionTiming::of(std::size_t members, Duration leastOfTen) {
  assert(members >= 1);
  // 301 thousandths of a doubling are a thousandth of a tenfold.
  const auto doublings = static_cast<std::int64_t>(std::bit_width(members)) - 1;
  const std::int64_t scale = std::max<std::int64_t>(1000, doublings * 301);
  const Duration least{leastOfTen.micros * scale / 1000};
  const auto others = static_cast<int>(std::min<std::size_t>(members, 5)) - 2;
  return {least, least * mostTimesLeast, std::clamp(others, 0, confirmationsWanted)};
}

Duration SuspicionTiming::after(int confirmations) const {
  const auto k = static_cast<std::size_t>(confirmationsMax);
  const auto c = static_cast<std::size_t>(std::min(confirmations, confirmationsMax));
  return {most.micros - (most.micros - least.micros) * fallen.at(k).at(c) / 1000};
}

bool Suspicion::confirm(NodeId by) {
  if (!wantsConfirmation() || isBy(by)) return false;
  by_.push_back(by);
  return true;
}

bool Suspicion::isBy(NodeId node) const { return std::ranges::find(by_, node) != by_.end(); }

}  // namespace henge

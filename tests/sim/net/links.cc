#include "tests/sim/net/links.h"

#include <algorithm>

namespace henge::sim {

void Links::setQuality(HostId from, HostId to, Link quality) {
  special(from, to).quality = quality;
}

void Links::setClog(HostId from, HostId to, Duration extra, MonoTime until) {
  if (extra == Duration{} && !specials_.contains({from, to})) return;  // it is free
  Special& link = special(from, to);
  link.clogExtra = extra;
  link.clogUntil = until;
}

bool Links::isCut(HostId from, HostId to) const {
  const auto found = specials_.find({from, to});
  return found != specials_.end() && found->second.cut;
}

MonoTime Links::arrival(HostId from, HostId to, std::uint32_t bytes, MonoTime now) {
  const bool isSpecial = quality_.bytesPerSecond != 0 || specials_.contains({from, to});
  if (!isSpecial) return after(now, quality_);
  Special& link = special(from, to);
  MonoTime sent = now;
  if (link.quality.bytesPerSecond != 0) {
    const Duration occupied{std::int64_t{bytes} * 1'000'000 / link.quality.bytesPerSecond};
    link.busyUntil = std::max(link.busyUntil, now) + occupied;
    sent = link.busyUntil;
  }
  if (now < link.clogUntil) sent = sent + link.clogExtra;
  return after(sent, link.quality);
}

MonoTime Links::after(MonoTime sent, const Link& quality) {
  return sent + quality.delayMin + chance_.waiting(quality.delayMean);
}

Links::Special& Links::special(HostId from, HostId to) {
  const auto [place, isNew] = specials_.try_emplace({from, to});
  if (isNew) place->second.quality = quality_;
  return place->second;
}

}  // namespace henge::sim

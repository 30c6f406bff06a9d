// How long a packet takes from one host to another, and whether it comes through at all.
#pragma once

#include <map>
#include <utility>

#include "tests/sim/chance.h"
#include "tests/sim/net/net_types.h"

namespace henge::sim {

// Only links that differ from the others are kept: a thousand hosts have a million.
class Links {
 public:
  Links(Link quality, Chance chance) : quality_(quality), chance_(chance) {}

  void setQuality(HostId from, HostId to, Link quality);
  void setCut(HostId from, HostId to, bool cut) { special(from, to).cut = cut; }
  // Packets that are sent before `until` take `extra` longer.
  void setClog(HostId from, HostId to, Duration extra, MonoTime until);

  bool isCut(HostId from, HostId to) const;
  // When a packet that is sent now arrives. It occupies the link's bandwidth.
  MonoTime arrival(HostId from, HostId to, std::uint32_t bytes, MonoTime now);

 private:
  struct Special {
    Link quality;
    bool cut = false;
    Duration clogExtra;
    MonoTime clogUntil;
    MonoTime busyUntil;  // until then the bandwidth is used up
  };
  Special& special(HostId from, HostId to);
  MonoTime after(MonoTime sent, const Link& quality);

  Link quality_;
  Chance chance_;
  std::map<std::pair<HostId, HostId>, Special> specials_;
};

}  // namespace henge::sim

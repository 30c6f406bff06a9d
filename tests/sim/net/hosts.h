// The machines of a simulated net, by number and by name.
#pragma once

#include <cassert>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/net/net_types.h"

namespace henge::sim {

struct Host {
  std::string name;  // the host of its addresses
  bool on = true;
  bool refusesDials = false;
  bool neverReads = false;          // on the streams it accepted
  std::uint16_t lastPort = 32'767;  // given to a dial, or to a listener that asked for any
};

class Hosts {
 public:
  HostId add(std::string name) {
    const HostId id{static_cast<std::uint32_t>(hosts_.size())};
    const bool isNew = byName_.emplace(name, id).second;
    assert(isNew);
    hosts_.push_back(Host{.name = std::move(name)});
    return isNew ? id : HostId{};
  }
  Host& operator[](HostId id) { return hosts_.at(id.value); }
  const Host& operator[](HostId id) const { return hosts_.at(id.value); }

  std::optional<HostId> find(std::string_view name) const {
    const auto found = byName_.find(name);
    return found == byName_.end() ? std::nullopt : std::optional(found->second);
  }
  std::uint16_t nextPort(HostId id) {
    std::uint16_t& last = hosts_.at(id.value).lastPort;
    last = last == 60'999 ? std::uint16_t{32'768} : static_cast<std::uint16_t>(last + 1);
    return last;
  }

 private:
  std::vector<Host> hosts_;
  std::map<std::string, HostId, std::less<>> byName_;
};

}  // namespace henge::sim

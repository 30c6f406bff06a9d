#include "tests/sim/net/sim_net.h"

#include <utility>

#include "tests/sim/net/process_net.h"
#include "tests/sim/net/transport.h"

namespace henge::sim {

SimNet::SimNet(const ports::Clock& world, ports::Timers& worldTimers, Chance chance,
               NetOptions options)
    : transport_(std::make_unique<Transport>(world, worldTimers, chance, options)) {}

SimNet::~SimNet() = default;

HostId SimNet::addHost(std::string name) { return transport_->hosts.add(std::move(name)); }
const std::string& SimNet::nameOf(HostId host) const { return transport_->hosts[host].name; }
void SimNet::watch(NetWatch& watch) { transport_->watch = &watch; }
NetCounters SimNet::counters() const { return transport_->counters(); }

std::unique_ptr<ports::Network> SimNet::networkFor(HostId host, ports::Timers& processTimers) {
  return std::make_unique<ProcessNet>(*transport_, host, processTimers);
}

void SimNet::setQuality(HostId from, HostId to, Link quality) {
  transport_->links.setQuality(from, to, quality);
}

void SimNet::setCut(HostId from, HostId to, bool cut) {
  transport_->links.setCut(from, to, cut);
  if (cut) return;
  for (const EndRef writer : transport_->endsOf(from, to)) transport_->resume(writer);
}

void SimNet::setClog(HostId from, HostId to, Duration extra, MonoTime until) {
  transport_->links.setClog(from, to, extra, until);
}

void SimNet::resetStreams(HostId a, HostId b) { transport_->reset(a, b); }
void SimNet::breakSilently(HostId a, HostId b) { transport_->silence(a, b); }
void SimNet::stopMidFrame(HostId a, HostId b) { transport_->stopMidFrame(a, b); }

void SimNet::acceptButNeverRead(HostId host, bool never) {
  transport_->hosts[host].neverReads = never;
  if (!never) transport_->readAgain(host);
}

void SimNet::refuseDials(HostId host, bool refuse) {
  transport_->hosts[host].refusesDials = refuse;
}

void SimNet::powerOff(HostId host) { transport_->powerOff(host); }

void SimNet::powerOn(HostId host) {
  transport_->hosts[host].on = true;
  for (const EndRef end : transport_->endsOf(host)) transport_->resume(end.other());
}

}  // namespace henge::sim

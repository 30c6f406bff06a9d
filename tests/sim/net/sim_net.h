// The net between the hosts of a simulation: TCP's promises, and all that TCP does not promise.
#pragma once

#include <memory>
#include <string>

#include "server/ports/clock.h"
#include "server/ports/network.h"
#include "server/ports/timers.h"
#include "tests/sim/chance.h"
#include "tests/sim/net/net_types.h"

namespace henge::sim {

class Transport;

// Bytes travel on the world's timers, whatever the processes do; a process hears of them through
// its own timers, at once: late if it is paused, never if it is dead. Bytes of a stream stay in
// order; streams overtake each other. Everything by lot comes from `chance`; one seed is one run.
// Thread: the loop's. It outlives all it gave.
class SimNet {
 public:
  SimNet(const ports::Clock& world, ports::Timers& worldTimers, Chance chance,
         NetOptions options = {});
  ~SimNet();
  SimNet(const SimNet&) = delete;
  SimNet& operator=(const SimNet&) = delete;

  HostId addHost(std::string name);  // the host of its addresses; a name of its own
  const std::string& nameOf(HostId host) const;
  void watch(NetWatch& watch);
  NetCounters counters() const;

  // One for each life of a process. It dies by the destruction of all that this gave: the peers see
  // the streams end, or reset where it had not read all.
  std::unique_ptr<ports::Network> networkFor(HostId host, ports::Timers& processTimers);

  // --- links, each one way
  void setQuality(HostId from, HostId to, Link quality);
  // What is sent, or due to arrive, while it is cut arrives some time after the healing.
  void setCut(HostId from, HostId to, bool cut);
  // What is sent before `until` takes `extra` longer, and holds up what follows in its stream.
  void setClog(HostId from, HostId to, Duration extra, MonoTime until);

  // --- the streams there are between two hosts, whoever dialled
  // Both ends fail at once; what was on its way is lost, what had arrived can still be read.
  void resetStreams(HostId a, HostId b);
  // Nothing arrives any more, neither side is told. Attempts to connect stay without an answer.
  void breakSilently(HostId a, HostId b);
  // Of what is written next, in each direction, some first bytes arrive, and then nothing more.
  void stopMidFrame(HostId a, HostId b);

  // --- hosts
  void acceptButNeverRead(HostId host, bool never);  // on the streams that it accepted
  void refuseDials(HostId host, bool refuse);
  // Before the process is destroyed: its streams vanish without a word, of what was on its way from
  // there some may still arrive. While it is off nothing is answered; what comes for a stream of
  // before once it is on again, is answered by a reset.
  void powerOff(HostId host);
  void powerOn(HostId host);

 private:
  std::unique_ptr<Transport> transport_;
};

}  // namespace henge::sim

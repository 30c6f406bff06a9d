// What is done to streams from outside.
#include "tests/sim/net/transport.h"

namespace henge::sim {

void Transport::fail(EndRef ref) {
  End& end = at(ref);
  const bool isShaken = end.state == EndState::connected || end.state == EndState::waiting ||
                        end.state == EndState::open;
  if (!isShaken || end.failed) return;
  end.failed = true;
  ++counters_.resets;
  pipeFrom(ref).dropWire();
  tellIfReadable(ref);
  tellIfWritable(ref);
}

void Transport::reset(HostId a, HostId b) {
  for (const EndRef ref : streams_.endsOf(a, b)) {
    if (streams_[ref.slot].number == 0) continue;
    const EndState dialler = at({ref.slot, 0}).state;
    if (dialler == EndState::dialling) continue;
    fail(ref);
    fail(ref.other());
    End& acceptor = at({ref.slot, 1});
    if (acceptor.state == EndState::halfOpen) acceptor.state = EndState::closed;
    forgetIfOver(ref.slot);
  }
}

void Transport::silence(HostId a, HostId b) {
  for (const EndRef ref : streams_.endsOf(a, b)) {
    if (streams_[ref.slot].number == 0) continue;
    for (Pipe& pipe : streams_[ref.slot].pipes) {
      pipe.dropWire();
      pipe.swallow();
    }
    forgetIfOver(ref.slot);
  }
}

void Transport::stopMidFrame(HostId a, HostId b) {
  for (const EndRef ref : streams_.endsOf(a, b))
    for (Pipe& pipe : streams_[ref.slot].pipes) pipe.stopsMidFrame = true;
}

void Transport::powerOff(HostId host) {
  hosts[host].on = false;
  listening_.erase(listening_.lower_bound({host, 0}), listening_.upper_bound({host, 65'535}));
  for (const EndRef ref : streams_.endsOf(host))
    if (streams_[ref.slot].number != 0) vanish(ref);
}

// What had left the host goes on; how much that was is drawn by lot.
void Transport::vanish(EndRef ref) {
  End& end = at(ref);
  if (end.state == EndState::none) return;                  // a syn is on its way
  if (end.state == EndState::waiting) end.owner = nullptr;  // its port will not close it
  end.state = EndState::vanished;
  pipeTo(ref).discardArrived();
  Pipe& pipe = pipeFrom(ref);
  pipe.isOrphan = true;
  pipe.isHeld = false;
  pipe.dropWire(static_cast<std::uint32_t>(faults_.below(pipe.packetsOnWire() + 1)));
  arm(ref);
  forgetIfOver(ref.slot);
}

void Transport::readAgain(HostId host) {
  for (const EndRef ref : streams_.endsOf(host)) tellIfReadable(ref);
}

}  // namespace henge::sim

// Packets on their way, and what the kernel of a host does when one arrives.
#include <algorithm>
#include <cassert>

#include "tests/sim/net/transport.h"

namespace henge::sim {

namespace {

constexpr Duration synAgain = 1_s;  // after a full backlog

// Tokens: slot, generation, side, and what for: 0 a packet, else an EndEvent + 1.
constexpr unsigned generationBits = 27;
constexpr unsigned sideBits = 1;
constexpr unsigned kindBits = 4;
constexpr std::uint64_t lowest(std::uint64_t value, unsigned bits) {
  return value & ((std::uint64_t{1} << bits) - 1);
}

// Long past on any clock a process may have: at once.
constexpr MonoTime atOnce{0};

}  // namespace

std::uint64_t Transport::tokenOf(EndRef ref, unsigned kind) const {
  std::uint64_t token = ref.slot;
  token = (token << generationBits) | lowest(streams_[ref.slot].generation, generationBits);
  token = (token << sideBits) | ref.side;
  return (token << kindBits) | kind;
}

void Transport::onTimer(std::uint64_t token) {
  const auto kind = static_cast<unsigned>(lowest(token, kindBits));
  token >>= kindBits;
  const auto side = static_cast<std::uint32_t>(lowest(token, sideBits));
  token >>= sideBits;
  const auto slot = static_cast<std::uint32_t>(token >> generationBits);
  const bool isLive =
      streams_[slot].number != 0 &&
      lowest(streams_[slot].generation, generationBits) == lowest(token, generationBits);
  if (!isLive) return;
  if (kind == 0) return onDue({slot, side});
  onTold({slot, side}, static_cast<EndEvent>(kind - 1));
}

void Transport::tell(EndRef ref, EndEvent event) {
  at(ref).owner->timers().wakeAt(atOnce, *this, tokenOf(ref, static_cast<unsigned>(event) + 1));
}

void Transport::onTold(EndRef ref, EndEvent event) {
  End& end = at(ref);
  if (event == EndEvent::readable) {
    end.toldReadable = false;
    if (!end.wantsRead || !canRead(ref)) return;
    end.wantsRead = false;
  } else if (event == EndEvent::writable) {
    end.toldWritable = false;
    if (!end.wantsWrite || !canWrite(ref)) return;
    end.wantsWrite = false;
  }
  if (!isGone(end)) end.owner->onEvent(ref, event);
}

void Transport::tellIfReadable(EndRef ref) {
  End& end = at(ref);
  if (!end.wantsRead || end.toldReadable || !canRead(ref)) return;
  end.toldReadable = true;
  tell(ref, EndEvent::readable);
}

void Transport::tellIfWritable(EndRef ref) {
  End& end = at(ref);
  if (!end.wantsWrite || end.toldWritable || !canWrite(ref)) return;
  end.toldWritable = true;
  tell(ref, EndEvent::writable);
}

void Transport::send(EndRef writer, Packet packet, std::uint32_t bytes) {
  Pipe& pipe = pipeFrom(writer);
  if (pipe.swallows()) return;
  pipe.send(packet, links.arrival(at(writer).host, at(writer.other()).host, bytes, world_.now()),
            bytes);
  arm(writer);
}

void Transport::arm(EndRef writer) {
  Pipe& pipe = pipeFrom(writer);
  if (pipe.isArmed || pipe.isHeld || !pipe.isOnWire()) return;
  pipe.isArmed = true;
  worldTimers_.wakeAt(pipe.nextAt(), *this, tokenOf(writer, 0));
}

void Transport::onDue(EndRef writer) {
  const std::uint32_t generation = streams_[writer.slot].generation;
  Pipe& pipe = pipeFrom(writer);
  pipe.isArmed = false;
  while (pipe.isOnWire() && pipe.nextAt() <= world_.now() && passes(writer)) {
    onPacket(writer.other(), pipe.arrive());
    if (!streams_.isOpen(writer.slot, generation)) return;
  }
  arm(writer);
  forgetIfOver(writer.slot);
}

bool Transport::isBlocked(EndRef writer) {
  const HostId to = at(writer.other()).host;
  return !hosts[to].on || links.isCut(at(writer).host, to);
}

bool Transport::passes(EndRef writer) {
  Pipe& pipe = pipeFrom(writer);
  if (isBlocked(writer)) {
    pipe.isHeld = !pipe.isOrphan;
    if (pipe.isOrphan) pipe.dropWire();
    return false;
  }
  const End& reader = at(writer.other());
  if (pipe.nextPacket() != Packet::ack || reader.state != EndState::halfOpen) return true;
  const Listening* listening = listeningAt(reader);
  if (listening == nullptr || listening->waiting < options_.backlogMax) return true;
  pipe.delay(world_.now() + synAgain);
  return false;
}

void Transport::resume(EndRef writer) {
  if (streams_[writer.slot].number == 0 || isBlocked(writer)) return;
  Pipe& pipe = pipeFrom(writer);
  if (!pipe.isHeld) return;
  pipe.isHeld = false;
  const Duration silence = faults_.waiting(options_.retransmitMean);
  pipe.delay(links.arrival(at(writer).host, at(writer.other()).host, 0, world_.now()) + silence);
  arm(writer);
}

void Transport::onPacket(EndRef reader, Pipe::Arrived arrived) {
  switch (arrived.packet) {
    case Packet::syn:
      return onSyn(reader);
    case Packet::synAck:
      return onSynAck(reader);
    case Packet::ack:
      return onAck(reader);
    case Packet::data:
      return onData(reader, arrived.bytes);
    case Packet::window:
      return onWindow(reader);
    case Packet::fin:
      pipeTo(reader).hasEnded = true;
      return tellIfReadable(reader);
    case Packet::reset:
      return onReset(reader);
  }
}

void Transport::onSyn(EndRef reader) {
  End& end = at(reader);
  if (hosts[end.host].refusesDials || listeningAt(end) == nullptr) {
    end.state = EndState::closed;
    return sendReset(reader);
  }
  end.state = EndState::halfOpen;
  send(reader, Packet::synAck);
}

void Transport::onSynAck(EndRef reader) {
  End& end = at(reader);
  if (end.state != EndState::dialling) return sendReset(reader);
  end.state = EndState::connected;
  send(reader, Packet::ack);
  tell(reader, EndEvent::dialled);
}

void Transport::onAck(EndRef reader) {
  End& end = at(reader);
  Listening* listening = listeningAt(end);
  if (end.state != EndState::halfOpen || listening == nullptr) {
    if (end.state == EndState::halfOpen) end.state = EndState::closed;
    return sendReset(reader);
  }
  end.state = EndState::waiting;
  end.owner = listening->owner;
  ++listening->waiting;
  tell(reader, EndEvent::accepted);
}

void Transport::onData(EndRef reader, BytesView bytes) {
  const End& end = at(reader);
  if (isGone(end) || end.failed) {
    pipeTo(reader).discardArrived();
    if (isGone(end)) sendReset(reader);
    return;
  }
  ++counters_.deliveries;
  counters_.bytesDelivered += bytes.size();
  if (watch != nullptr) {
    watch->onDelivered(at(reader.other()).host, end.host, streams_[reader.slot].number,
                       hash64(bytes), bytes.size());
  }
  tellIfReadable(reader);
}

void Transport::onWindow(EndRef reader) {
  Pipe& pipe = pipeFrom(reader);
  pipe.isStarved = false;
  pipe.windowSent = false;
  if (pipe.outstanding() >= options_.windowBytes) pipe.isStarved = true;
  tellIfWritable(reader);
}

void Transport::onReset(EndRef reader) {
  End& end = at(reader);
  if (end.state == EndState::dialling && !end.failed) {
    end.failed = true;
    return tell(reader, EndEvent::dialled);
  }
  if (end.state == EndState::halfOpen) end.state = EndState::closed;
  fail(reader);
}

void Transport::sendReset(EndRef writer) {
  Pipe& pipe = pipeFrom(writer);
  if (pipe.resetSent) return;
  pipe.resetSent = true;
  pipe.isOrphan = false;
  send(writer, Packet::reset);
}

}  // namespace henge::sim

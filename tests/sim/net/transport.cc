// What processes ask for.
#include "tests/sim/net/transport.h"

#include <algorithm>
#include <cassert>
#include <cerrno>

#include "core/net_words.h"

namespace henge::sim {

namespace {

constexpr int piecesMax = 8;

}  // namespace

Transport::Transport(const ports::Clock& world, ports::Timers& worldTimers, Chance chance,
                     NetOptions options)
    : links(options.link, chance.fork("delays")),
      world_(world),
      worldTimers_(worldTimers),
      options_(options),
      pieces_(chance.fork("pieces")),
      faults_(chance.fork("faults")) {}

NetCounters Transport::counters() const {
  NetCounters counters = counters_;
  counters.streamsOpen = streams_.openNow();
  counters.streamsEver = streams_.ever();
  return counters;
}

EndRef Transport::dial(HostId from, const Address& to, EndOwner& owner) {
  const std::optional<HostId> peer = hosts.find(to.host);
  const EndRef ref{streams_.open(from, peer.value_or(from)), 0};
  End& end = at(ref);
  end.owner = &owner;
  end.state = EndState::dialling;
  end.port = hosts.nextPort(from);
  at(ref.other()).port = to.port;
  if (!hosts[from].on) {
    end.state = EndState::vanished;
  } else if (peer) {
    send(ref, Packet::syn);
  } else {
    end.failed = true;
    tell(ref, EndEvent::dialled);
  }
  return ref;
}

Status Transport::dialled(EndRef ref) const {
  if (at(ref).state == EndState::connected) return {};
  const bool wasRefused = at(ref.other()).state != EndState::none;
  return Error{ErrorKind::unavailable,
               wasRefused ? netWords(ECONNREFUSED) : "the host name is not known"};
}

Result<std::uint16_t> Transport::listen(HostId host, const Address& address, EndOwner& owner) {
  if (address.host != hosts[host].name && address.host != "0.0.0.0") {
    return Error{ErrorKind::io, "cannot listen on " + toString(address) + ": " + address.host +
                                    " is not an address of this machine"};
  }
  std::uint16_t port = address.port;
  while (port == 0 || (address.port == 0 && listening_.contains({host, port})))
    port = hosts.nextPort(host);
  if (!listening_.try_emplace({host, port}, Listening{&owner}).second) {
    return Error{ErrorKind::alreadyExists,
                 "port " + std::to_string(port) + " on " + address.host + " is in use"};
  }
  return port;
}

void Transport::unlisten(HostId host, std::uint16_t port, const EndOwner& owner) {
  const auto found = listening_.find({host, port});
  if (found == listening_.end() || found->second.owner != &owner) return;  // the power went
  listening_.erase(found);
  for (const EndRef ref : streams_.endsOf(host))
    if (at(ref).state == EndState::waiting && at(ref).owner == &owner) closeWith(ref, true);
}

void Transport::own(EndRef ref, EndOwner& owner) {
  End& end = at(ref);
  if (end.state == EndState::waiting) --listeningAt(end)->waiting;
  end.state = EndState::open;
  end.owner = &owner;
}

Transport::Listening* Transport::listeningAt(const End& end) {
  const auto found = listening_.find({end.host, end.port});
  return found == listening_.end() ? nullptr : &found->second;
}

Result<std::optional<std::size_t>> Transport::read(EndRef ref, std::span<char> space) {
  assert(!space.empty());
  if (!canRead(ref)) return std::optional<std::size_t>();
  Pipe& pipe = pipeTo(ref);
  const std::size_t count = pipe.read(space);
  if (count == 0 && at(ref).failed) return Error{ErrorKind::unavailable, netWords(ECONNRESET)};
  if (count != 0) offerWindow(ref);
  return std::optional(count);
}

Result<std::size_t> Transport::write(EndRef ref, std::span<const BytesView> chunks) {
  const End& end = at(ref);
  if (end.failed) return Error{ErrorKind::unavailable, netWords(ECONNRESET)};
  if (!canWrite(ref)) return std::size_t{0};
  std::size_t wanted = 0;
  for (const BytesView chunk : chunks) wanted += chunk.size();
  Pipe& pipe = pipeFrom(ref);
  const std::uint32_t taken = pipe.append(chunks, options_.windowBytes - pipe.outstanding());
  pipe.isStarved = taken < wanted;
  if (taken == 0) return std::size_t{0};
  std::uint32_t sent = taken;
  if (pipe.stopsMidFrame)
    sent = static_cast<std::uint32_t>(faults_.between(std::int64_t{taken > 1}, taken - 1));
  pipe.takeBack(taken - sent);
  sendPieces(ref, sent);
  if (pipe.stopsMidFrame) pipe.swallow();
  pipe.stopsMidFrame = false;
  return std::size_t{taken};
}

void Transport::sendPieces(EndRef writer, std::uint32_t bytes) {
  int pieces = pieces_.percent(options_.chunkPercent) ? piecesMax : 1;
  for (; bytes > 0; --pieces) {
    const bool isLast = pieces <= 1;
    const auto piece =
        isLast ? bytes : static_cast<std::uint32_t>(pieces_.byMagnitude(1, std::int64_t{bytes}));
    send(writer, Packet::data, piece);
    bytes -= piece;
  }
}

void Transport::awaitReadable(EndRef ref) {
  assert(!at(ref).wantsRead);
  at(ref).wantsRead = true;
  tellIfReadable(ref);
}

void Transport::awaitWritable(EndRef ref) {
  assert(!at(ref).wantsWrite);
  at(ref).wantsWrite = true;
  Pipe& pipe = pipeFrom(ref);
  if (pipe.outstanding() >= options_.windowBytes) pipe.isStarved = true;
  tellIfWritable(ref);
}

// The window is offered late, as TCP does: a byte of room at a time is worth no packet.
void Transport::offerWindow(EndRef reader) {
  Pipe& pipe = pipeTo(reader);
  if (!pipe.isStarved || pipe.windowSent) return;
  if (pipe.arrivedBytes() != 0 && pipe.outstanding() > options_.windowBytes / 2) return;
  pipe.windowSent = true;
  send(reader, Packet::window);
}

void Transport::close(EndRef ref) {
  switch (at(ref).state) {
    case EndState::vanished:
      at(ref).owner = nullptr;
      return forgetIfOver(ref.slot);
    case EndState::dialling:  // whatever answers will find nobody
      return streams_.close(ref.slot);
    default:
      return closeWith(ref, pipeTo(ref).arrivedBytes() != 0);
  }
}

void Transport::closeWith(EndRef ref, bool byReset) {
  End& end = at(ref);
  end.owner = nullptr;
  end.state = EndState::closed;
  pipeTo(ref).discardArrived();
  if (!end.failed) {
    if (!byReset) {
      send(ref, Packet::fin);
    } else {
      if (faults_.percent(50)) pipeFrom(ref).dropWire();  // not sent yet: the kernel forgets it
      sendReset(ref);
    }
  }
  forgetIfOver(ref.slot);
}

std::string Transport::nameOf(EndRef ref) const {
  return hosts[at(ref).host].name + ":" + std::to_string(at(ref).port);
}

bool Transport::canRead(EndRef ref) {
  const End& end = at(ref);
  if (end.state != EndState::open || (ref.side == 1 && hosts[end.host].neverReads)) return false;
  const Pipe& pipe = pipeTo(ref);
  return pipe.arrivedBytes() != 0 || pipe.hasEnded || end.failed;
}

bool Transport::canWrite(EndRef ref) {
  const End& end = at(ref);
  if (end.state != EndState::open) return false;
  const Pipe& pipe = pipeFrom(ref);
  return end.failed || (!pipe.isStarved && pipe.outstanding() < options_.windowBytes);
}

// An end that nobody will ever be told of: the stream is forgotten. A half-open one may still be
// told by what is on its way to it.
void Transport::forgetIfOver(std::uint32_t slot) {
  const auto isOver = [this](EndRef ref) {
    const End& end = at(ref);
    if (end.state == EndState::none || end.state == EndState::halfOpen)
      return !pipeTo(ref).isOnWire();
    return isGone(end) && end.owner == nullptr;
  };
  if (isOver({slot, 0}) && isOver({slot, 1})) streams_.close(slot);
}

}  // namespace henge::sim

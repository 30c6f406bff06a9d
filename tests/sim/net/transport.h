// What the kernels of all hosts do together: handshakes, windows, ends and resets of streams.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/cluster.h"
#include "core/result.h"
#include "server/ports/clock.h"
#include "server/ports/timers.h"
#include "tests/sim/chance.h"
#include "tests/sim/net/hosts.h"
#include "tests/sim/net/links.h"
#include "tests/sim/net/stream_table.h"

namespace henge::sim {

enum class EndEvent : std::uint8_t { readable, writable, dialled, accepted };

// What a process holds of an end: a dial, a listening port, a socket. Its events come through the
// timers of its process: late if that is paused, never if that is dead.
class EndOwner {
 public:
  explicit EndOwner(ports::Timers& timers) : timers_(timers) {}
  virtual void onEvent(EndRef end, EndEvent event) = 0;
  ports::Timers& timers() const { return timers_; }

 protected:
  ~EndOwner() = default;

 private:
  ports::Timers& timers_;
};

// After TCP, as far as a program can tell: connecting is syn, synAck, ack; a packet that cannot get
// through waits, for it would be sent again; the end of a stream is a fin, or a reset if the closer
// had not read all or is written to. A stream is forgotten when no process has an end of it.
// Packets travel on the world's timers, one timer a direction of a stream that is not empty.
class Transport final : private ports::TimerSink {
 public:
  Transport(const ports::Clock& world, ports::Timers& worldTimers, Chance chance,
            NetOptions options);

  Hosts hosts;
  Links links;
  NetWatch* watch = nullptr;
  NetCounters counters() const;

  // --- asked by processes
  EndRef dial(HostId from, const Address& to, EndOwner& owner);
  // Port 0: any. alreadyExists: in use. io: not an address of this host.
  Result<std::uint16_t> listen(HostId host, const Address& address, EndOwner& owner);
  void unlisten(HostId host, std::uint16_t port, const EndOwner& owner);
  void own(EndRef end, EndOwner& owner);  // dialled or accepted: a socket takes it
  // How the dial went. unavailable: nobody listens, or the name is not known.
  Status dialled(EndRef end) const;
  Result<std::optional<std::size_t>> read(EndRef end, std::span<char> space);
  Result<std::size_t> write(EndRef end, std::span<const BytesView> chunks);
  void awaitReadable(EndRef end);
  void awaitWritable(EndRef end);
  void close(EndRef end);
  std::string nameOf(EndRef end) const;  // "host:port"

  // --- faults
  void reset(HostId a, HostId b);
  void silence(HostId a, HostId b);
  void stopMidFrame(HostId a, HostId b);
  void powerOff(HostId host);
  void resume(EndRef writer);  // the way from there may be free again
  std::vector<EndRef> endsOf(HostId host) const { return streams_.endsOf(host); }
  std::vector<EndRef> endsOf(HostId host, HostId peer) const { return streams_.endsOf(host, peer); }
  void readAgain(HostId host);  // after neverReads

 private:
  struct Listening {
    EndOwner* owner;
    std::uint32_t waiting = 0;  // connected and not yet accepted
  };

  End& at(EndRef ref) { return streams_[ref.slot].ends[ref.side]; }
  const End& at(EndRef ref) const { return streams_[ref.slot].ends[ref.side]; }
  Pipe& pipeFrom(EndRef ref) { return streams_[ref.slot].pipes[ref.side]; }
  Pipe& pipeTo(EndRef ref) { return streams_[ref.slot].pipes[ref.other().side]; }
  Listening* listeningAt(const End& end);

  // timers
  void onTimer(std::uint64_t token) override;
  std::uint64_t tokenOf(EndRef ref, unsigned kind) const;
  void arm(EndRef writer);
  void tell(EndRef ref, EndEvent event);
  void onTold(EndRef ref, EndEvent event);

  // packets
  void send(EndRef writer, Packet packet, std::uint32_t bytes = 0);
  void onDue(EndRef writer);
  bool isBlocked(EndRef writer);
  bool passes(EndRef writer);  // false: held, lost, or put off
  void onPacket(EndRef reader, Pipe::Arrived arrived);
  void onSyn(EndRef reader);
  void onSynAck(EndRef reader);
  void onAck(EndRef reader);
  void onData(EndRef reader, BytesView bytes);
  void onWindow(EndRef reader);
  void onReset(EndRef reader);

  // ends
  static bool isGone(const End& end) {
    return end.state == EndState::closed || end.state == EndState::vanished;
  }
  bool canRead(EndRef ref);
  bool canWrite(EndRef ref);
  void tellIfReadable(EndRef ref);
  void tellIfWritable(EndRef ref);
  void offerWindow(EndRef reader);
  void sendPieces(EndRef writer, std::uint32_t bytes);
  void sendReset(EndRef writer);
  void closeWith(EndRef ref, bool byReset);
  void fail(EndRef ref);
  void vanish(EndRef ref);
  void forgetIfOver(std::uint32_t slot);

  const ports::Clock& world_;
  ports::Timers& worldTimers_;
  NetOptions options_;
  Chance pieces_;
  Chance faults_;
  StreamTable streams_;
  std::map<std::pair<HostId, std::uint16_t>, Listening> listening_;
  NetCounters counters_;
};

}  // namespace henge::sim

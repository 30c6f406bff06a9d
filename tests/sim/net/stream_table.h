// All streams of a net: found by number of their slot, or by the host of an end.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "tests/sim/net/net_types.h"
#include "tests/sim/net/pipe.h"

namespace henge::sim {

class EndOwner;

enum class EndState : std::uint8_t {
  none,       // the accepting end before the syn has come
  dialling,   // the dialling end before the answer
  halfOpen,   // the accepting end between syn and ack
  connected,  // the dialling end; the process does not know it yet
  waiting,    // the accepting end in the backlog
  open,       // held by a socket
  closed,     // by its process; the host's kernel still knows it
  vanished,   // the host lost its power; it knows nothing
};

// End 0 dialled, end 1 accepted.
struct End {
  EndOwner* owner = nullptr;  // of its process; none: nobody there has it
  HostId host;
  std::uint32_t previous = 0;  // the neighbours in the list of the host's ends
  std::uint32_t next = 0;
  std::uint16_t port = 0;
  EndState state = EndState::none;
  bool failed : 1 = false;  // refused while dialling, reset afterwards
  bool wantsRead : 1 = false;
  bool toldReadable : 1 = false;  // its process will hear it
  bool wantsWrite : 1 = false;
  bool toldWritable : 1 = false;
};

struct Stream {
  std::uint64_t number = 0;      // 0: the slot is free
  std::uint32_t generation = 0;  // of the slot
  std::array<End, 2> ends;
  std::array<Pipe, 2> pipes;  // pipes[n] leads from ends[n] to the other
};

struct EndRef {
  std::uint32_t slot = 0;
  std::uint32_t side = 0;

  EndRef other() const { return {slot, 1 - side}; }
};

// O(1) but for the walks, which are O(streams of the host). Streams do not move.
class StreamTable {
 public:
  std::uint32_t open(HostId dialler, HostId acceptor);  // the slot
  void close(std::uint32_t slot);

  Stream& operator[](std::uint32_t slot) { return streams_[slot]; }
  const Stream& operator[](std::uint32_t slot) const { return streams_[slot]; }
  bool isOpen(std::uint32_t slot, std::uint32_t generation) const {
    return streams_[slot].number != 0 && streams_[slot].generation == generation;
  }

  std::vector<EndRef> endsOf(HostId host) const;               // the newest first
  std::vector<EndRef> endsOf(HostId host, HostId peer) const;  // whose other end is the peer's

  std::uint64_t ever() const { return ever_; }
  std::uint64_t openNow() const { return streams_.size() - free_.size(); }

 private:
  void link(EndRef ref);
  void unlink(EndRef ref);
  End& endAt(std::uint32_t index) { return streams_[index / 2].ends[index % 2]; }

  std::deque<Stream> streams_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> first_;  // of each host: 2 × slot + side
  std::uint64_t ever_ = 0;
};

}  // namespace henge::sim

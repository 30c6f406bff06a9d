// What the simulated net is made of and what it tells.
#pragma once

#include <compare>
#include <cstdint>

#include "core/time.h"

namespace henge::sim {

// A machine with a net of its own: that of a node, or of a client.
struct HostId {
  std::uint32_t value = 0;
  friend auto operator<=>(const HostId&, const HostId&) = default;
};

// The way from one host to another; the way back is another link.
struct Link {
  Duration delayMin = 50_us;
  Duration delayMean = 150_us;      // on top of it, by lot
  std::int64_t bytesPerSecond = 0;  // 0: without limit. All streams of the link share it
};

struct NetOptions {
  Link link = {};                          // of every pair of hosts that has none of its own
  std::uint32_t windowBytes = 256 * 1024;  // written and not yet read, per direction of a stream
  int chunkPercent = 20;                   // of the writes: they arrive in several pieces
  std::uint32_t backlogMax = 128;          // connected and not yet accepted, per listening port
  Duration retransmitMean = 200_ms;        // what was held arrives this much later than the healing
};

struct NetCounters {
  std::uint64_t streamsOpen = 0;  // attempts to connect and half-closed ones included
  std::uint64_t streamsEver = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t bytesDelivered = 0;
  std::uint64_t resets = 0;  // ends that failed with "connection reset"
};

class NetWatch {
 public:
  // Bytes came to the host's end of a stream; whether anybody reads them is not said. `hash` is
  // hash64 of them; streams are numbered from 1 in the order of dialling.
  virtual void onDelivered(HostId from, HostId to, std::uint64_t stream, std::uint64_t hash,
                           std::uint64_t bytes) = 0;

 protected:
  ~NetWatch() = default;
};

}  // namespace henge::sim

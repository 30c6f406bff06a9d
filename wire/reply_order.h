// Lets answers leave in the order of their requests, or as they come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/bytes.h"
#include "wire/fifo.h"
#include "wire/output_queue.h"

namespace henge::wire {

// Stock Thrift clients of C++ and Python never compare seqids: an answer that overtook would be
// taken for another request's. So answers wait here for those of earlier requests, until the
// connection says that it matches seqids.
class ReplyOrder {
 public:
  std::uint64_t begin();  // the number of the next request, from 1

  // first: before all that waits in `out`, where answers may overtake.
  enum class Urgency { none, first };
  // The answer to request `number`, exactly once; it and what waited for it goes to `out`.
  void finish(std::uint64_t number, Bytes frame, OutputQueue& out, Urgency urgency = Urgency::none);

  void letOvertake(OutputQueue& out);  // what waited goes to `out`

  std::size_t inFlight() const { return inFlight_; }
  std::size_t heldBytes() const { return heldBytes_; }  // answered, waiting for earlier ones

 private:
  void release(OutputQueue& out);

  bool overtaking_ = false;
  std::uint64_t lastBegun_ = 0;
  std::uint64_t lastReleased_ = 0;    // in order: all up to this one have left
  Fifo<std::optional<Bytes>> slots_;  // of lastReleased_ + 1 and so on; in order only
  std::size_t inFlight_ = 0;
  std::size_t heldBytes_ = 0;
};

}  // namespace henge::wire

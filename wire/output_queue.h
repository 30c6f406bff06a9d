// Bytes that wait to be written, in order; some frames overtake.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/bytes.h"
#include "wire/fifo.h"

namespace henge::wire {

// Small frames are laid together, so that one write takes hundreds; large ones are moved, not
// copied. No limit of its own: its users ask bytes() first.
class OutputQueue {
 public:
  static constexpr std::size_t chunkBytes = 16ULL * 1024;

  void append(Bytes bytes);  // whole frames
  // Before all that has not begun to leave, behind others that came in this way: a short frame that
  // must not wait for long ones. Places of what it overtakes are farther then than they were told.
  void appendFirst(Bytes bytes);

  // The first chunks, as many as `chunks` has room for; how many there are. Valid until the next
  // call that changes the queue.
  std::size_t gather(std::span<BytesView> chunks) const;
  void taken(std::size_t bytes);  // from the front; precondition: ≤ bytes()

  bool empty() const { return bytes_ == 0; }
  std::size_t bytes() const { return bytes_; }

  // How many bytes were ever appended, and ever taken: places in the stream.
  std::uint64_t appendedEver() const { return takenEver_ + bytes_; }
  std::uint64_t takenEver() const { return takenEver_; }

 private:
  bool hasBegun() const { return frontTaken_ > 0; }

  Fifo<Bytes> chunks_;          // of whole frames
  std::size_t frontTaken_ = 0;  // of chunks_.front()
  std::size_t overtaking_ = 0;  // chunks that came by appendFirst() and have not begun to leave
  std::size_t bytes_ = 0;
  std::uint64_t takenEver_ = 0;
};

}  // namespace henge::wire

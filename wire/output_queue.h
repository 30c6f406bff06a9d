// Bytes that wait to be written, in order.
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
  static constexpr std::size_t chunkBytes = 16 * 1024;

  void append(Bytes bytes);

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
  Fifo<Bytes> chunks_;
  std::size_t frontTaken_ = 0;  // of chunks_.front()
  std::size_t bytes_ = 0;
  std::uint64_t takenEver_ = 0;
};

}  // namespace henge::wire

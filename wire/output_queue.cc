#include "wire/output_queue.h"

#include <algorithm>
#include <cassert>

namespace henge::wire {

void OutputQueue::append(Bytes bytes) {
  bytes_ += bytes.size();
  // Not to one that has begun to leave: what overtakes must find its end soon.
  const bool begun = frontTaken_ > 0 && !frontIsFirst_ && chunks_.size() == 1;
  if (!chunks_.empty() && !begun && chunks_.back().size() + bytes.size() <= chunkBytes) {
    chunks_.back() += bytes;
  } else if (!bytes.empty()) {
    chunks_.push(std::move(bytes));
  }
}

void OutputQueue::appendFirst(Bytes bytes) {
  if (bytes.empty()) return;
  bytes_ += bytes.size();
  first_.push(std::move(bytes));
}

// The i-th in the order in which they leave.
const Bytes& OutputQueue::chunk(std::size_t i) const {
  const std::size_t ahead = frontTaken_ > 0 && !frontIsFirst_ ? 1 : 0;
  if (i < ahead) return chunks_[i];
  if (i - ahead < first_.size()) return first_[i - ahead];
  return chunks_[i - first_.size()];
}

std::size_t OutputQueue::gather(std::span<BytesView> chunks) const {
  const std::size_t count = std::min(chunks.size(), chunks_.size() + first_.size());
  for (std::size_t i = 0; i < count; ++i) {
    chunks[i] = BytesView(chunk(i)).substr(i == 0 ? frontTaken_ : 0);
  }
  return count;
}

void OutputQueue::taken(std::size_t bytes) {
  assert(bytes <= bytes_);
  bytes_ -= bytes;
  takenEver_ += bytes;
  while (bytes > 0) {
    if (frontTaken_ == 0) frontIsFirst_ = !first_.empty();
    Fifo<Bytes>& from = frontIsFirst_ ? first_ : chunks_;
    const std::size_t some = std::min(bytes, from.front().size() - frontTaken_);
    bytes -= some;
    frontTaken_ += some;
    if (frontTaken_ < from.front().size()) break;
    from.pop();
    frontTaken_ = 0;
  }
}

}  // namespace henge::wire

#include "wire/output_queue.h"

#include <algorithm>
#include <cassert>

namespace henge::wire {

// Not to one that has begun to leave, nor to one that overtakes: what overtakes must find the end
// of what is before it soon.
void OutputQueue::append(Bytes bytes) {
  bytes_ += bytes.size();
  const std::size_t closed = overtaking_ + (hasBegun() ? 1 : 0);
  if (chunks_.size() > closed && chunks_.back().size() + bytes.size() <= chunkBytes) {
    chunks_.back() += bytes;
  } else if (!bytes.empty()) {
    chunks_.push(std::move(bytes));
  }
}

void OutputQueue::appendFirst(Bytes bytes) {
  if (bytes.empty()) return;
  bytes_ += bytes.size();
  chunks_.insert(overtaking_ + (hasBegun() ? 1 : 0), std::move(bytes));
  ++overtaking_;
}

std::size_t OutputQueue::gather(std::span<BytesView> chunks) const {
  const std::size_t count = std::min(chunks.size(), chunks_.size());
  for (std::size_t i = 0; i < count; ++i) {
    chunks[i] = BytesView(chunks_[i]).substr(i == 0 ? frontTaken_ : 0);
  }
  return count;
}

void OutputQueue::taken(std::size_t bytes) {
  assert(bytes <= bytes_);
  bytes_ -= bytes;
  takenEver_ += bytes;
  while (bytes > 0) {
    if (!hasBegun() && overtaking_ > 0) --overtaking_;
    const std::size_t some = std::min(bytes, chunks_.front().size() - frontTaken_);
    bytes -= some;
    frontTaken_ += some;
    if (frontTaken_ < chunks_.front().size()) break;
    chunks_.pop();
    frontTaken_ = 0;
  }
}

}  // namespace henge::wire

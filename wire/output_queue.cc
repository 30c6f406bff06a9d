#include "wire/output_queue.h"

#include <algorithm>
#include <cassert>

namespace henge::wire {

void OutputQueue::append(Bytes bytes) {
  bytes_ += bytes.size();
  if (!chunks_.empty() && chunks_.back().size() + bytes.size() <= chunkBytes) {
    chunks_.back() += bytes;
  } else if (!bytes.empty()) {
    chunks_.push(std::move(bytes));
  }
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
  frontTaken_ += bytes;
  while (!chunks_.empty() && frontTaken_ >= chunks_.front().size()) {
    frontTaken_ -= chunks_.front().size();
    chunks_.pop();
  }
}

}  // namespace henge::wire

#include "server/engine/outbox.h"

#include <utility>

namespace henge::engine {

Outbox::Outbox(Post post) : post_(std::move(post)) {}

void Outbox::add(OpId op, ports::StoreSink& sink, ports::StoreResult result) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    first = waiting_.empty();
    waiting_.push_back({op, &sink, std::move(result)});
  }
  if (first) post_([self = shared_from_this()] { self->deliver(); });
}

void Outbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  waiting_.clear();
}

void Outbox::deliver() {
  std::vector<End> ends;
  {
    const std::lock_guard lock(mutex_);
    ends.swap(waiting_);
  }
  for (End& end : ends) end.sink->onStore(end.op, std::move(end.result));
}

}  // namespace henge::engine

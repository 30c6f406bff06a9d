#include "server/engine/failure.h"

#include <utility>

namespace henge::engine {

Failure::Failure(Post post, OnEngineFailure onFailure)
    : post_(std::move(post)), onFailure_(std::move(onFailure)) {}

void Failure::raise(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    if (error_) return;
    error_ = error;
    raised_ = true;
  }
  post_([self = shared_from_this()] { self->tell(); });
}

Error Failure::error() const {
  const std::lock_guard lock(mutex_);
  return error_.value();
}

void Failure::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void Failure::tell() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
  }
  onFailure_(error());
}

}  // namespace henge::engine

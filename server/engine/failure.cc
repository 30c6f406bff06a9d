#include "server/engine/failure.h"

#include <utility>

namespace henge::engine {

Failure::Failure(Post post) : post_(std::move(post)) {}

void Failure::raise(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    const bool worse = full_ && error.kind != ErrorKind::diskFull;
    if (error_ && !worse) return;
    error_ = error;
    told_ = false;
    full_ = error.kind == ErrorKind::diskFull;
    raised_ = true;
  }
  post_([self = shared_from_this()] { self->tell(); });
}

std::optional<Error> Failure::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

void Failure::clear() {
  const std::lock_guard lock(mutex_);
  error_.reset();
  raised_ = full_ = false;
}

void Failure::watch(ports::StoreWatch* watch) {
  watch_ = watch;
  if (watch != nullptr) post_([self = shared_from_this()] { self->tell(); });
}

void Failure::tell() {
  Error error;
  {
    const std::lock_guard lock(mutex_);
    if (watch_ == nullptr || !error_ || std::exchange(told_, true)) return;
    error = *error_;
  }
  watch_->onStoreFailed(error);
}

}  // namespace henge::engine

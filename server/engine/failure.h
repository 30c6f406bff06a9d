#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "server/engine/rocks_store.h"

namespace henge::engine {

// The first thing that went wrong in a store; told once, on the loop. Thread: any; close() the
// loop's.
class Failure : public std::enable_shared_from_this<Failure> {
 public:
  Failure(Post post, OnEngineFailure onFailure);
  void raise(const Error& error);
  bool raised() const { return raised_; }
  Error error() const;  // precondition: raised()
  void close();         // nobody is told any more

 private:
  void tell();

  Post post_;
  OnEngineFailure onFailure_;
  std::atomic<bool> raised_ = false;
  mutable std::mutex mutex_;
  std::optional<Error> error_;  // under mutex_
  bool closed_ = false;         // under mutex_
};

}  // namespace henge::engine

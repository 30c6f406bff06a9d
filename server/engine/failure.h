#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "server/engine/rocks_store.h"

namespace henge::engine {

// The first thing that went wrong in a store since it was opened; told once, on the loop, to
// whoever watches by then. What is worse than no space takes the place of no space, and is told
// too. Thread: any; watch() and close() the loop's.
class Failure : public std::enable_shared_from_this<Failure> {
 public:
  explicit Failure(Post post);
  void raise(const Error& error);
  bool raised() const { return raised_; }
  bool isFull() const { return full_; }  // raised, and for want of space
  std::optional<Error> error() const;    // nullopt: none was raised, or it was cleared since
  void clear();                          // the store is opened anew
  void watch(ports::StoreWatch* watch);  // null: nobody is told any more

 private:
  void tell();

  Post post_;
  ports::StoreWatch* watch_ = nullptr;  // of the loop's thread
  std::atomic<bool> raised_ = false;
  std::atomic<bool> full_ = false;
  mutable std::mutex mutex_;
  std::optional<Error> error_;  // under mutex_
  bool told_ = false;           // under mutex_
};

}  // namespace henge::engine

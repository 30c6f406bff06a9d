#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "server/engine/rocks_store.h"

namespace henge::engine {

// The way back to the loop: ends that come while one delivery is on its way travel with it.
// Thread: add() any, close() the loop's; sinks are called on the loop.
class Outbox : public std::enable_shared_from_this<Outbox> {
 public:
  explicit Outbox(Post post);
  void add(OpId op, ports::StoreSink& sink, ports::StoreResult result);
  void close();  // no event after it, also not from deliveries on their way

 private:
  struct End {
    OpId op;
    ports::StoreSink* sink;
    ports::StoreResult result;
  };
  void deliver();

  Post post_;
  std::mutex mutex_;
  std::vector<End> waiting_;  // under mutex_
  bool closed_ = false;       // under mutex_
};

}  // namespace henge::engine

#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace henge::engine {

// Functions done by own threads, begun in the order they came. With one thread also ended in it.
// Thread: any.
class WorkQueue {
 public:
  explicit WorkQueue(int threads);
  ~WorkQueue();  // lets the running ones end, drops those queued
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  void add(std::function<void()> work);
  std::size_t queued() const;

 private:
  void run();

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> works_;  // under mutex_
  bool closing_ = false;                     // under mutex_
  std::vector<std::thread> threads_;
};

}  // namespace henge::engine

#include "server/engine/work_queue.h"

#include <cassert>
#include <utility>

namespace henge::engine {

WorkQueue::WorkQueue(int threads) {
  assert(threads >= 1);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

WorkQueue::~WorkQueue() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void WorkQueue::add(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    works_.push_back(std::move(work));
  }
  wake_.notify_one();
}

std::size_t WorkQueue::queued() const {
  const std::lock_guard lock(mutex_);
  return works_.size();
}

void WorkQueue::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return closing_ || !works_.empty(); });
    if (closing_) return;
    auto work = std::move(works_.front());
    works_.pop_front();
    lock.unlock();
    work();
    work = nullptr;  // what it holds goes before the lock is taken
    lock.lock();
  }
}

}  // namespace henge::engine

// A queue that holds no memory while it is empty.
#pragma once

#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace henge::wire {

// std::deque keeps more than half a KiB even when there is nothing in it; a node of a large cluster
// has thousands of streams, and nearly all of them wait. What was popped goes when it is as much as
// what is left. References live until the next push or pop.
template <typename T>
class Fifo {
 public:
  bool empty() const { return size() == 0; }
  std::size_t size() const { return items_.size() - first_; }

  T& operator[](std::size_t i) { return items_[first_ + i]; }
  const T& operator[](std::size_t i) const { return items_[first_ + i]; }
  T& front() { return items_[first_]; }
  T& back() { return items_.back(); }

  void push(T item) { items_.push_back(std::move(item)); }
  // Before the i-th; moves all behind it. Precondition: i ≤ size().
  void insert(std::size_t i, T item) {
    assert(i <= size());
    items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(first_ + i), std::move(item));
  }

  void pop() {
    assert(!empty());
    items_[first_++] = T();
    if (empty()) return clear();
    if (2 * first_ < items_.size()) return;
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

  void clear() {
    items_ = {};
    first_ = 0;
  }

 private:
  std::vector<T> items_;
  std::size_t first_ = 0;  // those before it were popped
};

}  // namespace henge::wire

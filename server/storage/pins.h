// Which operations are still comparing with what they once saw.
#pragma once

#include <cassert>
#include <cstdint>
#include <set>

namespace henge::storage {

// Each pin has a number, ascending in the order of pinning. Thread: the loop's.
class Pins {
 public:
  std::uint64_t pin() { return *held_.insert(held_.end(), ++last_); }
  void unpin(std::uint64_t pin) {
    [[maybe_unused]] std::size_t erased = held_.erase(pin);
    assert(erased == 1);
  }
  std::uint64_t last() const { return last_; }  // the number given last
  // Whether one of those pinned up to number `pin` is still held.
  bool heldUpTo(std::uint64_t pin) const { return !held_.empty() && *held_.begin() <= pin; }

 private:
  std::set<std::uint64_t> held_;
  std::uint64_t last_ = 0;
};

}  // namespace henge::storage

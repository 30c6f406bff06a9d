// "Are all of them so?", asked after each event.
#pragma once

#include <cstddef>

namespace henge::sim {

// Looks again at the first that was not, and at all only when that one is: a thousand nodes have a
// million links.
class FirstMissing {
 public:
  // Whether test(0) to test(count - 1) all hold now.
  template <typename Test>
  bool none(std::size_t count, const Test& test) {
    skip(count, test);
    if (at_ < count) return false;
    at_ = 0;
    skip(count, test);
    return at_ == count;
  }

  std::size_t at() const { return at_; }  // the first that was not, when last asked

 private:
  template <typename Test>
  void skip(std::size_t count, const Test& test) {
    while (at_ < count && test(at_)) ++at_;
  }

  std::size_t at_ = 0;
};

}  // namespace henge::sim

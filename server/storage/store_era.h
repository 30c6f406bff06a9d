// Whether what the store answers may be believed.
#pragma once

#include <cstdint>

#include "core/result.h"

namespace henge::storage {

// While it lacks what it once held it would answer "absent" for what is there. A question counts if
// the store was whole from when it was asked until it was answered. Thread: the loop's.
class StoreEra {
 public:
  void close() { ++now_, closed_ = true; }
  void open() { ++now_, closed_ = false; }
  bool isClosed() const { return closed_; }
  std::uint64_t now() const { return now_; }
  // Of an answer to what was asked then.
  Status check(std::uint64_t asked) const {
    if (!closed_ && asked == now_) return {};
    return Error{ErrorKind::rebuilding, "the store is being brought back from the log"};
  }

 private:
  std::uint64_t now_ = 0;
  bool closed_ = false;
};

}  // namespace henge::storage

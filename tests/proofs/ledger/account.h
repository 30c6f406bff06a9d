// What one writer has been told, and what may be there because of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/bytes.h"

namespace henge::proofs {

// Keys of one writer alone; each write of a key bears a higher number. A value. What is read of a
// key must be a number that was tried, and not below the last that was acknowledged.
class Account {
 public:
  struct Entry {
    std::uint64_t acknowledged = 0;  // 0: none
    std::uint64_t tried = 0;
  };
  enum class Verdict { good, lost, strange };

  explicit Account(std::string owner) : owner_(std::move(owner)) {}

  // The next write: every second one of a key of its own, the others of a few that are written
  // again and again.
  Bytes nextKey();
  std::uint64_t tryNext(const Bytes& key) { return ++entries_[key].tried; }
  void acknowledge(const Bytes& key);  // the last that was tried
  const std::map<Bytes, Entry>& entries() const { return entries_; }

  static Bytes valueOf(std::uint64_t number);
  static Verdict judge(const Entry& entry, const std::optional<Bytes>& value);

 private:
  std::string owner_;
  std::uint64_t writes_ = 0;
  std::map<Bytes, Entry> entries_;
};

}  // namespace henge::proofs

// What happened, as one number; and, when somebody wants to read it, as text.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "core/bytes.h"
#include "core/time.h"

namespace henge::sim {

class Trace {
 public:
  static constexpr std::size_t linesMax = 60;  // kept, per node
  static constexpr std::uint32_t world = 0xffff'ffff;
  static constexpr std::uint32_t clients = 0xffff'fffe;

  explicit Trace(bool recording) : recording_(recording) {}

  void fold(std::uint64_t value) {
    hash_ = (hash_ ^ value) * 0x9e3779b97f4a7c15ULL;
    hash_ ^= hash_ >> 29;
  }
  // Folded, and kept as text if somebody wants it.
  void line(MonoTime at, std::uint32_t node, const std::string& text) {
    fold(static_cast<std::uint64_t>(at.micros));
    fold(node);
    fold(hash64(text));
    if (recording_) keep(at, node, text);
  }
  // Kept as text only: the hash is the same whether anybody reads or not.
  void tell(MonoTime at, std::uint32_t node, const std::string& text) {
    if (recording_) keep(at, node, text);
  }
  std::uint64_t hash() const { return hash_; }
  bool recording() const { return recording_; }
  void echo() { echoes_ = true; }  // every line goes to stdout at once

  // "12.345678 n2 text", in order, of one node.
  const std::deque<std::string>& lines(std::uint32_t node) const;

 private:
  void keep(MonoTime at, std::uint32_t node, const std::string& text);

  bool recording_;
  bool echoes_ = false;
  std::uint64_t hash_ = 1;
  std::map<std::uint32_t, std::deque<std::string>> lines_;
};

}  // namespace henge::sim

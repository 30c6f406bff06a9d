// What clients saw of one key: plain values, the input of both checkers.
#pragma once

#include <cstdint>
#include <limits>

#include "core/time.h"

namespace henge::sim {

enum class OpKind : std::uint8_t { put, get, cas };

inline constexpr MonoTime forever{std::numeric_limits<std::int64_t>::max()};
inline constexpr std::uint64_t absent = 0;  // the value of a key that nobody has put

// From the call to its answer; end = forever where none came. Times are one clock's for all
// clients.
struct Interval {
  MonoTime begin;
  MonoTime end = forever;
};

// Only what ended strictly before the other began comes before it: equal times are concurrent.
constexpr bool precedes(const Interval& a, const Interval& b) { return a.end < b.begin; }

// Values are numbers: each put has its own, never 0. A remove is a put of a tombstone that has a
// number of its own, too; only a read of a key that nobody has put answers 0 (absent).
//
// What a recorder must decide first:
//  - A write that was surely not applied is left out: if it is read, it is a value nobody put.
//  - A write sent again under its version is one operation, from the first begin on.
//  - A put answered `superseded` may never have been visible: it counts as unknown.
//  - A get without an answer says nothing and may be left out; the checkers pass over it.
struct RegisterOp {
  std::uint64_t id = 0;  // for whoever reads the verdict
  OpKind kind = OpKind::get;
  std::uint64_t value = absent;  // put: what was written; get: what was answered
  // cas: `next` is written if the register holds `expected`; swapped: it was answered that it did.
  std::uint64_t expected = absent;
  std::uint64_t next = absent;
  bool swapped = false;
  bool unknown = false;  // may take effect at any time after its begin, or never
  Interval time;         // of an unknown one the end counts as forever

  Interval span() const { return unknown ? Interval{time.begin, forever} : time; }
};

}  // namespace henge::sim

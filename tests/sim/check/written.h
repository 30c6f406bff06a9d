// Histories written by hand: times are small numbers, ids count from 1 in the order written.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/sim/check/history.h"

namespace henge::sim {

// Written().put(1, 0, 5).get(1, 6, 7).ops(): a put of value 1 from 0 to 5, a get of it from 6 to 7.
class Written {
 public:
  Written& put(std::uint64_t value, int begin, int end) {
    return add({.kind = OpKind::put, .value = value, .time = between(begin, end)});
  }
  Written& get(std::uint64_t value, int begin, int end) {
    return add({.kind = OpKind::get, .value = value, .time = between(begin, end)});
  }
  Written& unknownPut(std::uint64_t value, int begin) {
    return add({.kind = OpKind::put, .value = value, .unknown = true, .time = {{begin}, forever}});
  }
  Written& swap(std::uint64_t expected, std::uint64_t next, int begin, int end) {
    return addCas(expected, next, true, begin, end);
  }
  Written& noSwap(std::uint64_t expected, std::uint64_t next, int begin, int end) {
    return addCas(expected, next, false, begin, end);
  }
  Written& unknownSwap(std::uint64_t expected, std::uint64_t next, int begin) {
    addCas(expected, next, false, begin, begin);
    ops_.back().unknown = true;
    return *this;
  }

  const std::vector<RegisterOp>& ops() const { return ops_; }

 private:
  static Interval between(int begin, int end) { return {{begin}, {end}}; }
  Written& addCas(std::uint64_t expected, std::uint64_t next, bool swapped, int begin, int end) {
    return add({.kind = OpKind::cas,
                .expected = expected,
                .next = next,
                .swapped = swapped,
                .time = between(begin, end)});
  }
  Written& add(RegisterOp op) {
    op.id = ops_.size() + 1;
    ops_.push_back(op);
    return *this;
  }

  std::vector<RegisterOp> ops_;
};

}  // namespace henge::sim

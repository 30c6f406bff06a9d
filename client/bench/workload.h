// What a load consists of: how often each kind of operation, and how keys are drawn.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace henge::bench {

// insert: a key that was not there before. rmw: a get, and then a put of the same key.
enum class OpKind : std::uint8_t { get, put, insert, rmw };
inline constexpr std::size_t opKinds = 4;

std::string_view nameOf(OpKind kind);

enum class KeyOrder : std::uint8_t { uniform, zipf, latest, sequential };

struct Workload {
  std::array<int, opKinds> shares{50, 50, 0, 0};  // by OpKind; only their ratio counts
  KeyOrder order = KeyOrder::uniform;
  double theta = 0.99;  // zipf and latest: 0 (even) < theta < 1 (skewed)

  int shareOf(OpKind kind) const { return shares[static_cast<std::size_t>(kind)]; }
  bool reads() const { return shareOf(OpKind::get) + shareOf(OpKind::rmw) > 0; }
};

// "get=50,put=50"; shares 0 to 1,000,000, at least one above 0.
Status parseMix(std::string_view text, Workload& out);
// "uniform" "zipf" "zipf:0.8" "latest" "latest:0.8" "sequential"
Status parseOrder(std::string_view text, Workload& out);
// "ycsb-a" to "ycsb-f". E is known and refused: it needs scans.
Result<Workload> presetOf(std::string_view name);

std::string toString(const Workload& workload);  // "get 50 % put 50 % · uniform"

}  // namespace henge::bench

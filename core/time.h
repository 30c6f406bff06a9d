// Two clocks that must not be mixed. Microseconds everywhere.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace henge {

// A span of time in microseconds.
struct Duration {
  std::int64_t micros = 0;
  friend auto operator<=>(const Duration&, const Duration&) = default;
};
constexpr Duration operator""_us(unsigned long long n) { return {static_cast<std::int64_t>(n)}; }
constexpr Duration operator""_ms(unsigned long long n) {
  return {static_cast<std::int64_t>(n) * 1000};
}
constexpr Duration operator""_s(unsigned long long n) {
  return {static_cast<std::int64_t>(n) * 1000000};
}
constexpr Duration operator*(Duration d, std::int64_t n) { return {d.micros * n}; }
constexpr Duration operator+(Duration a, Duration b) { return {a.micros + b.micros}; }
constexpr Duration operator-(Duration a, Duration b) { return {a.micros - b.micros}; }

// Monotonic: for deadlines and waiting. Means nothing on another node or after a restart.
struct MonoTime {
  std::int64_t micros = 0;
  friend auto operator<=>(const MonoTime&, const MonoTime&) = default;
};
constexpr MonoTime operator+(MonoTime t, Duration d) { return {t.micros + d.micros}; }
constexpr Duration operator-(MonoTime a, MonoTime b) { return {a.micros - b.micros}; }

// Wall clock: microseconds since 1970 UTC. May jump; only the hybrid clock may trust it.
struct WallTime {
  std::int64_t micros = 0;
  friend auto operator<=>(const WallTime&, const WallTime&) = default;
};

std::string toIso8601(WallTime time);  // "2026-11-21 04:45:06.646329Z"
std::string toMillis(Duration span);   // "0.83": milliseconds, to the hundredth; never below zero

}  // namespace henge

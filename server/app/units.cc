#include <charconv>
#include <limits>
#include <utility>

#include "server/app/configuration.h"

namespace henge::app {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr Unit byteUnits[] = {{"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
constexpr Unit timeUnits[] = {{"us", 1}, {"ms", 1000}, {"s", 1000000}, {"min", 60000000}};

// A whole number ≥ 0 and a unit of the list, without overflow.
template <std::size_t n>
std::optional<std::int64_t> parse(std::string_view text, const Unit (&units)[n]) {
  std::int64_t number = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || number < 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(rest - text.data()));
  for (const Unit& known : units) {
    if (unit != known.name) continue;
    if (number > std::numeric_limits<std::int64_t>::max() / known.factor) return std::nullopt;
    return number * known.factor;
  }
  return std::nullopt;
}

}  // namespace

Result<std::uint64_t> parseByteCount(std::string_view text) {
  if (const auto bytes = parse(text, byteUnits)) return static_cast<std::uint64_t>(*bytes);
  return Error{ErrorKind::invalidRequest, "\"" + std::string(text) +
                                              "\" is not a number of bytes: write 4096, 512KiB, "
                                              "64MiB or 1GiB"};
}

Result<Duration> parseDuration(std::string_view text) {
  if (const auto micros = parse(text, timeUnits)) return Duration{*micros};
  return Error{ErrorKind::invalidRequest,
               "\"" + std::string(text) + "\" is not a time: write 500us, 250ms, 10s or 5min"};
}

}  // namespace henge::app

#include "core/time.h"

#include <cassert>
#include <cstdio>

namespace henge {

namespace {

constexpr std::int64_t microsPerSecond = 1'000'000;
constexpr std::int64_t secondsPerDay = 86'400;

struct Date {
  std::int64_t year;
  int month;
  int day;
};

std::int64_t floorDiv(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Proleptic Gregorian. Years are counted from 1 March, so that the leap day ends a year, in eras of
// 400 years (146,097 days); 719,468 days lie between 0000-03-01 and 1970-01-01.
Date dateOf(std::int64_t daysSince1970) {
  std::int64_t days = daysSince1970 + 719'468;
  std::int64_t era = floorDiv(days, 146'097);
  std::int64_t dayOfEra = days - era * 146'097;
  std::int64_t yearOfEra =
      (dayOfEra - dayOfEra / 1'460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
  std::int64_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  std::int64_t monthFromMarch = (5 * dayOfYear + 2) / 153;
  auto day = static_cast<int>(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1);
  auto month = static_cast<int>(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9);
  return {yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

}  // namespace

std::string toIso8601(WallTime time) {
  std::int64_t seconds = floorDiv(time.micros, microsPerSecond);
  std::int64_t days = floorDiv(seconds, secondsPerDay);
  auto micros = static_cast<int>((time.micros % microsPerSecond + microsPerSecond) %
                                 microsPerSecond);  // a difference would overflow at the far end
  auto second = static_cast<int>(seconds - days * secondsPerDay);
  Date date = dateOf(days);
  char text[64];
  int length = std::snprintf(text, sizeof text, "%04lld-%02d-%02d %02d:%02d:%02d.%06dZ",
                             static_cast<long long>(date.year), date.month, date.day, second / 3600,
                             second / 60 % 60, second % 60, micros);
  assert(length > 0 && length < static_cast<int>(sizeof text));
  return {text, static_cast<std::size_t>(length)};
}

std::string toMillis(Duration span) {
  const std::int64_t hundredths = span.micros > 0 ? (span.micros + 5) / 10 : 0;
  const std::string below = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + (below.size() == 1 ? ".0" : ".") + below;
}

}  // namespace henge

#include "tests/bench/log/load.h"

#include <chrono>
#include <fmt/format.h>
#include <sys/resource.h>

namespace henge::bench {

namespace {

constexpr std::uint64_t keys = 100'000;

double micros(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
}

}  // namespace

Record recordOf(std::uint64_t number) {
  const std::uint64_t mixed = number * 0x9e3779b97f4a7c15ULL;
  Record record;
  record.key = fmt::format("user:{:08}", (mixed >> 20) % keys);
  record.version = {static_cast<std::int64_t>(1'700'000'000'000'000 + number), 7};
  record.value = fmt::format(
      R"({{"name":"user {}","mail":"user.{:x}@example.org","city":"{}","visits":{},)"
      R"("last_seen":"2026-11-{:02}T{:02}:{:02}:00Z","token":"{:016x}{:016x}","active":{}}})",
      mixed % 10'000, mixed >> 32, mixed % 3 == 0 ? "Salisbury" : "Avebury", mixed % 977,
      1 + mixed % 28, mixed % 24, mixed % 60, mixed, mixed * mixed, mixed % 2 == 0);
  return record;
}

double cpuMicrosNow() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return micros(used.ru_utime) + micros(used.ru_stime);
}

double secondsNow() {
  const std::chrono::duration<double> now = std::chrono::steady_clock::now().time_since_epoch();
  return now.count();
}

}  // namespace henge::bench

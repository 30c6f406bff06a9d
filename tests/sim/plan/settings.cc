#include "tests/sim/plan/settings.h"

#include <charconv>

namespace henge::sim {

const std::vector<SettingName>& settingNames() {
  static const std::vector<SettingName> names = {
      {"seed", &Settings::seed},
      {"faultsMs", &Settings::faultsMs},
      {"upFirst", &Settings::upFirst},
      {"nodes", &Settings::nodes},
      {"replication", &Settings::replication},
      {"tokens", &Settings::tokens},
      {"hashed", &Settings::hashed},
      {"clients", &Settings::clients},
      {"keys", &Settings::keys},
      {"opEveryMs", &Settings::opEveryMs},
      {"deadlineMs", &Settings::deadlineMs},
      {"putPercent", &Settings::putPercent},
      {"removePercent", &Settings::removePercent},
      {"quorumPercent", &Settings::quorumPercent},
      {"ownStampPercent", &Settings::ownStampPercent},
      {"hopPercent", &Settings::hopPercent},
      {"burstPercent", &Settings::burstPercent},
      {"valueBytesMax", &Settings::valueBytesMax},
      {"longKeyPercent", &Settings::longKeyPercent},
      {"logSync", &Settings::logSync},
      {"logCompression", &Settings::logCompression},
      {"segmentBytes", &Settings::segmentBytes},
      {"segmentAgeMs", &Settings::segmentAgeMs},
      {"frozenTablesMax", &Settings::frozenTablesMax},
      {"logBytesMax", &Settings::logBytesMax},
      {"pendingBytesMax", &Settings::pendingBytesMax},
      {"feedBatchBytesMax", &Settings::feedBatchBytesMax},
      {"operationsMax", &Settings::operationsMax},
      {"inFlightMax", &Settings::inFlightMax},
      {"peersSavedMs", &Settings::peersSavedMs},
      {"hintBytes", &Settings::hintBytes},
      {"hintAgeMs", &Settings::hintAgeMs},
      {"suspicionMs", &Settings::suspicionMs},
      {"storeCached", &Settings::storeCached},
      {"storeMicros", &Settings::storeMicros},
      {"storeBatchesMax", &Settings::storeBatchesMax},
      {"storeKept", &Settings::storeKept},
      {"diskMicros", &Settings::diskMicros},
      {"diskBytes", &Settings::diskBytes},
      {"delayMicros", &Settings::delayMicros},
      {"jitterMicros", &Settings::jitterMicros},
      {"bytesPerSecond", &Settings::bytesPerSecond},
      {"chunkPercent", &Settings::chunkPercent},
      {"windowBytes", &Settings::windowBytes},
      {"skewMs", &Settings::skewMs},
      {"driftPpm", &Settings::driftPpm},
      {"maybePercent", &Settings::maybePercent},
  };
  return names;
}

std::string print(const Settings& settings, bool all) {
  static const Settings defaults;
  std::string text;
  for (const auto& [name, field] : settingNames()) {
    if (!all && settings.*field == defaults.*field) continue;
    text += std::string(name) + " " + std::to_string(settings.*field) + "\n";
  }
  return text;
}

Status setByName(Settings& settings, std::string_view name, std::string_view value) {
  for (const auto& [known, field] : settingNames()) {
    if (name != known) continue;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size()) {
      return Error{ErrorKind::invalidRequest,
                   std::string(name) + " wants a whole number, not \"" + std::string(value) + "\""};
    }
    settings.*field = number;
    return {};
  }
  return Error{ErrorKind::invalidRequest, "no setting is named \"" + std::string(name) + "\""};
}

namespace {

void drawShape(Settings& s, Chance chance) {
  s.replication = chance.oneOf<std::int64_t>({1, 3, 3, 3, 3, 5});
  s.nodes = chance.between(s.replication, s.replication == 5 ? 7 : s.replication == 1 ? 3 : 6);
  if (chance.oneIn(12)) s.nodes = 9;
  s.tokens = chance.oneIn(2) ? 1 : chance.between(std::int64_t{2}, std::int64_t{16});
  s.hashed = chance.oneIn(3) ? 1 : 0;
}

void drawLoad(Settings& s, Chance chance) {
  s.clients = chance.between(std::int64_t{1}, std::int64_t{12});
  s.keys = chance.byMagnitude(1, 40);
  s.opEveryMs = chance.between(std::int64_t{60}, std::int64_t{110});
  s.deadlineMs = chance.oneIn(6) ? chance.between(std::int64_t{5}, std::int64_t{40})
                                 : chance.byMagnitude(100, 5000);
  s.putPercent = chance.between(std::int64_t{20}, std::int64_t{70});
  s.removePercent = chance.oneIn(3) ? 0 : chance.between(std::int64_t{5}, std::int64_t{40});
  s.quorumPercent = chance.oneIn(3) ? 100 : chance.between(std::int64_t{50}, std::int64_t{95});
  s.ownStampPercent = chance.oneIn(2) ? 0 : chance.between(std::int64_t{10}, std::int64_t{100});
  s.hopPercent = chance.between(std::int64_t{0}, std::int64_t{100});
  s.burstPercent = chance.oneIn(2) ? 0 : chance.between(std::int64_t{5}, std::int64_t{50});
  s.valueBytesMax = chance.oneOf<std::int64_t>({1, 100, 100, 500, 4096, 5000});
  s.longKeyPercent = chance.oneIn(3) ? 20 : 0;
}

void drawLimits(Settings& s, Chance chance) {
  const bool small = !chance.oneIn(3);
  s.logSync = chance.oneIn(8) ? chance.between(std::int64_t{2}, std::int64_t{3}) : 1;
  s.segmentBytes = small ? chance.oneOf<std::int64_t>({4096, 8192, 16384}) : 64 << 10;
  s.segmentAgeMs = chance.byMagnitude(100, 10'000);
  s.frozenTablesMax = chance.between(std::int64_t{1}, std::int64_t{4});
  s.logBytesMax = s.segmentBytes * chance.between(std::int64_t{2}, std::int64_t{16});
  s.feedBatchBytesMax = chance.byMagnitude(64, 16 << 10);
  s.peersSavedMs = chance.byMagnitude(100, 5000);
  if (chance.oneIn(3)) s.operationsMax = chance.between(std::int64_t{2}, std::int64_t{16});
  if (chance.oneIn(3)) s.inFlightMax = chance.between(std::int64_t{1}, std::int64_t{8});
  if (chance.oneIn(4)) s.pendingBytesMax = chance.byMagnitude(256, 16 << 10);
  s.logCompression = chance.oneIn(3) ? 1 : 0;
  s.hintBytes = chance.oneOf<std::int64_t>({0, 2000, 20'000, 1 << 20, 1 << 20});
  if (chance.oneIn(4)) s.hintAgeMs = chance.byMagnitude(500, 60'000);
}

void drawSpeeds(Settings& s, Chance chance) {
  s.storeCached = chance.oneIn(3) ? 0 : 1;
  s.storeMicros = chance.oneIn(2) ? 0 : chance.byMagnitude(10, 20'000);
  s.storeBatchesMax = chance.byMagnitude(1, 64);
  s.diskMicros = chance.byMagnitude(20, 10'000);
  s.delayMicros = chance.byMagnitude(20, 5'000);
  s.jitterMicros = chance.byMagnitude(20, 10'000);
  if (chance.oneIn(6)) s.bytesPerSecond = chance.byMagnitude(100'000, 10'000'000);
  s.chunkPercent = chance.oneIn(2) ? 0 : chance.between(std::int64_t{1}, std::int64_t{60});
  if (chance.oneIn(5)) s.windowBytes = chance.byMagnitude(512, 64 << 10);
  s.skewMs = chance.oneIn(3) ? 0 : chance.byMagnitude(1, 30'000);
  s.driftPpm = chance.oneIn(2) ? 0 : chance.byMagnitude(1, 500);
  s.maybePercent = chance.oneIn(3) ? 0 : 25;
}

}  // namespace

Settings drawSettings(std::uint64_t seed) {
  Settings settings;
  settings.seed = static_cast<std::int64_t>(seed);
  const Chance chance(seed);
  drawShape(settings, chance.fork("shape"));
  drawLoad(settings, chance.fork("load"));
  drawLimits(settings, chance.fork("limits"));
  drawSpeeds(settings, chance.fork("speeds"));
  return settings;
}

}  // namespace henge::sim

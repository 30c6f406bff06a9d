#include "tests/sim/check/zones.h"

#include <algorithm>
#include <cassert>
#include <map>

namespace henge::sim {

namespace {

constexpr MonoTime beforeAll{std::numeric_limits<std::int64_t>::min()};

struct Zone {
  MonoTime earliestEnd = forever;
  MonoTime latestBegin = beforeAll;
  MonoTime putBegin = beforeAll;
  bool wasPut = false;
  bool earlyGet = false;  // one ended before the put began
  Cluster cluster;

  bool isForward() const { return earliestEnd < latestBegin; }
  void extend(const Interval& time) {
    earliestEnd = std::min(earliestEnd, time.end);
    latestBegin = std::max(latestBegin, time.begin);
  }
};

using Zones = std::map<std::uint64_t, Zone>;  // by value

void addPut(Zones& zones, const RegisterOp& op) {
  assert(op.value != absent && op.span().begin <= op.span().end);
  Zone& zone = zones[op.value];
  assert(!zone.wasPut);
  zone.wasPut = true;
  zone.putBegin = op.span().begin;
  zone.cluster.put = op.id;
  zone.extend(op.span());
}

void addGet(Zones& zones, const RegisterOp& op) {
  assert(op.time.begin <= op.time.end);
  Zone& zone = zones[op.value];
  zone.cluster.gets.push_back(op.id);
  zone.earlyGet = zone.earlyGet || op.time.end < zone.putBegin;
  zone.extend(op.time);
}

Zones zonesOf(const std::vector<RegisterOp>& history) {
  Zones zones;
  Zone& initial = zones[absent];
  initial.wasPut = true;
  initial.extend({beforeAll, beforeAll});
  for (const RegisterOp& op : history) {
    assert(op.kind != OpKind::cas);
    if (op.kind == OpKind::put) addPut(zones, op);
  }
  for (const RegisterOp& op : history) {
    if (op.kind == OpKind::get && !op.unknown) addGet(zones, op);
  }
  for (auto& [value, zone] : zones) zone.cluster.value = value;
  return zones;
}

std::optional<Contradiction> withinOne(const Zones& zones) {
  for (const auto& [value, zone] : zones) {
    if (!zone.wasPut) return Contradiction{"a value that nobody put", zone.cluster, {}};
    if (zone.earlyGet) {
      return Contradiction{"a get that ended before its put began", zone.cluster, {}};
    }
  }
  return std::nullopt;
}

std::vector<const Zone*> forwardByEnd(const Zones& zones) {
  std::vector<const Zone*> forward;
  for (const auto& [value, zone] : zones) {
    if (zone.isForward()) forward.push_back(&zone);
  }
  std::stable_sort(forward.begin(), forward.end(),
                   [](const Zone* a, const Zone* b) { return a->earliestEnd < b->earliestEnd; });
  return forward;
}

// In this order the first two that overlap are neighbours.
std::optional<Contradiction> forwardOverlap(const std::vector<const Zone*>& forward) {
  for (std::size_t i = 1; i < forward.size(); ++i) {
    if (forward[i]->earliestEnd >= forward[i - 1]->latestBegin) continue;
    return Contradiction{"two values each had to be the newest before the other",
                         forward[i - 1]->cluster, forward[i]->cluster};
  }
  return std::nullopt;
}

// Forward zones do not overlap any more, so the last that begins before a backward one also reaches
// farthest. The zone of an unknown put that nobody read has no end: it lies inside none.
std::optional<Contradiction> backwardInside(const Zones& zones,
                                            const std::vector<const Zone*>& forward) {
  for (const auto& [value, zone] : zones) {
    if (zone.isForward()) continue;
    const auto after =
        std::lower_bound(forward.begin(), forward.end(), zone.latestBegin,
                         [](const Zone* a, MonoTime time) { return a->earliestEnd < time; });
    if (after == forward.begin()) continue;
    const Zone& around = **std::prev(after);
    if (zone.earliestEnd >= around.latestBegin) continue;
    return Contradiction{
        "the first had to be the newest throughout, yet the second came in between", around.cluster,
        zone.cluster};
  }
  return std::nullopt;
}

std::string describe(const Cluster& cluster) {
  std::string text = cluster.value == absent ? "absent" : "value " + std::to_string(cluster.value);
  text += " (" + (cluster.put ? "put " + std::to_string(*cluster.put) : std::string("no put"));
  if (!cluster.gets.empty()) text += "; gets";
  for (const std::uint64_t get : cluster.gets) text += " " + std::to_string(get);
  return text + ")";
}

}  // namespace

std::optional<Contradiction> checkZones(const std::vector<RegisterOp>& history) {
  const Zones zones = zonesOf(history);
  if (auto found = withinOne(zones)) return found;
  const std::vector<const Zone*> forward = forwardByEnd(zones);
  if (auto found = forwardOverlap(forward)) return found;
  return backwardInside(zones, forward);
}

std::string toString(const Contradiction& contradiction) {
  std::string text = contradiction.rule + ": " + describe(contradiction.one);
  if (contradiction.other) text += " and " + describe(*contradiction.other);
  return text;
}

}  // namespace henge::sim

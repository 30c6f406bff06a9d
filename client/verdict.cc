#include "client/verdict.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include "client/humane.h"

namespace henge::client {

namespace {

int countOf(const ClusterSight& sight, MemberState state) {
  return static_cast<int>(
      std::count_if(sight.members.begin(), sight.members.end(),
                    [state](const MemberSight& m) { return m.state == state; }));
}

std::string plural(int count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

// "2 of 4 nodes down, 1 rebuilding"
std::string absence(const ClusterSight& sight) {
  std::string text;
  for (const MemberState state :
       {MemberState::down, MemberState::rebuilding, MemberState::starting, MemberState::draining}) {
    const int count = countOf(sight, state);
    if (count == 0) continue;
    text += text.empty() ? fmt::format("{} of {}", count,
                                       plural(static_cast<int>(sight.members.size()), "node"))
                         : fmt::format(", {}", count);
    text += fmt::format(" {}", nameOf(state));
  }
  if (!text.empty()) return text;
  const int total = static_cast<int>(sight.members.size());
  return total == 1 ? "the one node is up" : fmt::format("all {} nodes up", total);
}

// The least of alive - required over all ranges.
int tolerance(const ClusterSight& sight, Consistency level) {
  const int required = requiredOf(level, sight.cluster.replication);
  int least = std::numeric_limits<int>::max();
  for (const RangeSight& range : sight.ranges) least = std::min(least, range.alive - required);
  return least;
}

std::vector<const RangeSight*> without(const ClusterSight& sight, Consistency level) {
  const int required = requiredOf(level, sight.cluster.replication);
  std::vector<const RangeSight*> lost;
  for (const RangeSight& range : sight.ranges) {
    if (range.alive < required) lost.push_back(&range);
  }
  return lost;
}

constexpr std::size_t rangesNamedMax = 4;

std::string rangesText(const ClusterSight& sight, const std::vector<const RangeSight*>& ranges) {
  if (ranges.size() == sight.ranges.size()) return "all keys";
  std::string text;
  for (std::size_t i = 0; i < std::min(ranges.size(), rangesNamedMax); ++i) {
    text += (i == 0 ? "keys in " : " and ") + rangeText(sight, ranges[i]->range);
  }
  if (ranges.size() > rangesNamedMax) {
    text += fmt::format(" and {} more ranges", ranges.size() - rangesNamedMax);
  }
  return text;
}

// Up, and with a reason for something: without space, it takes no puts.
int refusingPuts(const ClusterSight& sight) {
  return static_cast<int>(
      std::count_if(sight.members.begin(), sight.members.end(), [](const MemberSight& member) {
        return member.state == MemberState::up && !member.reason.empty();
      }));
}

std::string service(const ClusterSight& sight, const Verdict& verdict) {
  if (verdict.toleranceQuorum >= 0 && refusingPuts(sight) > 0) {
    return fmt::format("All keys readable at {}; writable where enough nodes take puts.",
                       verdict.toleranceAll >= 0 ? "every level" : "QUORUM");
  }
  if (verdict.toleranceAll >= 0) return "All keys readable and writable at every level.";
  if (verdict.toleranceQuorum >= 0) return "All keys readable and writable at QUORUM.";
  std::string text = fmt::format("QUORUM is refused for {}; ",
                                 rangesText(sight, without(sight, Consistency::quorum)));
  if (verdict.toleranceOne >= 0) return text + "ONE works for all keys.";
  return text +
         fmt::format("ONE is refused for {}.", rangesText(sight, without(sight, Consistency::one)));
}

Health healthOf(const ClusterSight& sight, const Verdict& verdict) {
  if (verdict.rangesWithoutQuorum == sight.ranges.size()) return Health::unavailable;
  if (verdict.rangesWithoutQuorum > 0) return Health::partlyUnavailable;
  const bool allUp = std::all_of(sight.members.begin(), sight.members.end(),
                                 [](const MemberSight& m) { return m.alive(); });
  return allUp && refusingPuts(sight) == 0 ? Health::healthy : Health::degraded;
}

// ASCII letters, digits and signs.
constexpr char textFirst = 0x20;
constexpr char textLast = 0x7e;

bool holdsText(const ClusterSight& sight, const RingRange& range) {
  const Bytes first(1, textFirst);
  const Bytes last = Bytes(1, textLast) + '\xff';
  const bool wraps = range.end <= range.first;
  if (sight.ranges.size() == 1) return true;
  if (wraps) return range.first <= last || range.end > first;
  return range.first <= last && range.end > first;
}

// Why shares differ, if it is the keys' being text. Empty: text is spread over all ranges.
std::string crowding(const ClusterSight& sight) {
  if (sight.cluster.partitioner != Partitioner::bytes) {
    return "Keys are hashed, so more tokens for each member even the shares out.";
  }
  std::vector<const RangeSight*> crowded;
  for (const RangeSight& range : sight.ranges) {
    if (holdsText(sight, range.range)) crowded.push_back(&range);
  }
  std::string text = "Byte order follows your keys";
  if (crowded.size() == sight.ranges.size()) return text + ".";
  std::string names;
  for (std::size_t i = 0; i < std::min(crowded.size(), rangesNamedMax); ++i) {
    names += (i == 0 ? "" : " and ") + rangeText(sight, crowded[i]->range);
  }
  return fmt::format("{}: text keys (ASCII 20 to 7e) crowd {} of the {} ranges: {}.", text,
                     crowded.size(), sight.ranges.size(), names);
}

}  // namespace

Verdict judge(const ClusterSight& sight) {
  Verdict verdict;
  verdict.toleranceOne = tolerance(sight, Consistency::one);
  verdict.toleranceQuorum = tolerance(sight, Consistency::quorum);
  verdict.toleranceAll = tolerance(sight, Consistency::all);
  verdict.rangesWithoutQuorum = without(sight, Consistency::quorum).size();
  verdict.health = healthOf(sight, verdict);
  verdict.sentence = absence(sight);
  if (const int refusing = refusingPuts(sight); refusing > 0) {
    verdict.sentence += fmt::format(", {} without space for puts", refusing);
  }
  verdict.sentence += ". " + service(sight, verdict);
  return verdict;
}

bool Shares::tooUneven() const {
  return total >= sharesJudgedFrom && (oneIsEmpty || (ratio && *ratio > shareRatioMax));
}

Shares sharesOf(const ClusterSight& sight) {
  Shares shares;
  for (const MemberSight& member : sight.members) {
    Shares::Owner owner{member.member.id, 0};
    bool known = member.alive();  // a directory that may have lost data counts nothing
    for (const RangeSight& range : sight.ranges) {
      if (range.range.replicas.front() != owner.node) continue;
      known = known && range.keys.has_value();
      owner.keys += range.keys.value_or(0);
    }
    if (!known) continue;
    shares.owners.push_back(owner);
    shares.total += owner.keys;
  }
  if (shares.owners.size() < 2 || shares.total == 0) return shares;
  const auto [least, most] =
      std::minmax_element(shares.owners.begin(), shares.owners.end(),
                          [](const auto& a, const auto& b) { return a.keys < b.keys; });
  shares.oneIsEmpty = least->keys == 0;
  if (!shares.oneIsEmpty) {
    shares.ratio = static_cast<double>(most->keys) / static_cast<double>(least->keys);
  }
  return shares;
}

std::string shareWarning(const ClusterSight& sight) {
  const Shares shares = sharesOf(sight);
  if (!shares.tooUneven()) return "";
  const auto [least, most] =
      std::minmax_element(shares.owners.begin(), shares.owners.end(),
                          [](const auto& a, const auto& b) { return a.keys < b.keys; });
  const double total = static_cast<double>(shares.total);
  std::string text =
      fmt::format("{} owns {} of the keys, {} ", toString(most->node),
                  percentText(static_cast<double>(most->keys) / total), toString(least->node));
  text += shares.oneIsEmpty
              ? "none"
              : fmt::format("{} ({:.1f} : 1)",
                            percentText(static_cast<double>(least->keys) / total), *shares.ratio);
  return fmt::format("{}; shares should stay within {:.0f} : 1. {}", text, shareRatioMax,
                     crowding(sight));
}

std::string_view nameOf(Health health) {
  switch (health) {
    case Health::healthy:
      return "HEALTHY";
    case Health::degraded:
      return "DEGRADED";
    case Health::partlyUnavailable:
      return "PARTLY UNAVAILABLE";
    case Health::unavailable:
      return "UNAVAILABLE";
  }
  return "UNKNOWN";
}

std::string rangeText(const ClusterSight& sight, const RingRange& range) {
  const std::string first = toHex(range.first);
  if (range.first < range.end) return fmt::format("[{}, {})", first, toHex(range.end));
  // The last range. Keys are never empty, so nothing lies below a first token of one zero byte.
  const Bytes& least = sight.ranges.front().range.first;
  if (least.empty() || least == Bytes(1, '\0')) return fmt::format("[{}, end)", first);
  return fmt::format("[{}, end) and [start, {})", first, toHex(range.end));
}

}  // namespace henge::client

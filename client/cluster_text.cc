#include "client/cluster_text.h"

#include <fmt/format.h>

#include "client/humane.h"
#include "client/log_text.h"
#include "client/verdict.h"
#include "core/text_table.h"

namespace henge::client {

namespace {

constexpr int barWidth = 40;  // blocks for all keys

Tone toneOf(MemberState state) {
  if (state == MemberState::up) return Tone::good;
  return state == MemberState::down ? Tone::bad : Tone::warning;
}

Tone toneOf(Health health) {
  if (health == Health::healthy) return Tone::good;
  return health == Health::degraded ? Tone::warning : Tone::bad;
}

// What is not up stands out without colours too.
std::string stateText(const MemberSight& member) {
  if (member.state == MemberState::up) return "up";
  std::string word(nameOf(member.state));
  for (char& c : word) c = static_cast<char>(c - 'a' + 'A');
  return member.since ? fmt::format("{} {}", word, spanText(*member.since)) : word;
}

// ---- status

std::string levelTolerance(std::string_view level, int tolerance, std::size_t lost,
                           std::size_t ranges) {
  if (tolerance < 0) return fmt::format("{} lost in {} of {} ranges", level, lost, ranges);
  return fmt::format("{} {} more node{}", level, tolerance, tolerance == 1 ? "" : "s");
}

std::string toleranceLine(const ClusterSight& sight, const Verdict& verdict) {
  std::size_t withoutOne = 0;
  for (const RangeSight& range : sight.ranges) withoutOne += range.alive < 1 ? 1 : 0;
  return fmt::format("Fault tolerance: {}, {}.\n",
                     levelTolerance("QUORUM", verdict.toleranceQuorum, verdict.rangesWithoutQuorum,
                                    sight.ranges.size()),
                     levelTolerance("ONE", verdict.toleranceOne, withoutOne, sight.ranges.size()));
}

std::vector<Cell> statusRow(const MemberSight& member, std::int64_t totalKeys) {
  std::vector<Cell> row = {{toString(member.member.id)},
                           {stateText(member), toneOf(member.state)},
                           {printable(toString(member.member.client))}};
  if (!member.status) {
    for (int i = 0; i < 5; ++i) row.push_back({"-"});
    return row;
  }
  const NodeStatus& status = *member.status;
  const bool shared = totalKeys > 0;
  row.push_back({spanText(status.uptime)});
  row.push_back({grouped(status.keys)});
  row.push_back(
      {shared ? percentText(static_cast<double>(status.keys) / static_cast<double>(totalKeys))
              : "-"});
  row.push_back({sizeText(status.dataBytes)});
  row.push_back({offsetText(member.clockOffset)});
  return row;
}

std::string statusTable(const ClusterSight& sight, bool colour) {
  std::int64_t total = 0;
  for (const MemberSight& member : sight.members) {
    if (member.status) total += member.status->keys;
  }
  TextTable table({{"node"},
                   {"state"},
                   {"address"},
                   {"up for"},
                   {"keys", Align::right},
                   {"share", Align::right},
                   {"data", Align::right},
                   {"clock", Align::right}});
  for (const MemberSight& member : sight.members) table.add(statusRow(member, total));
  return table.take(colour);
}

std::string reasonLines(const ClusterSight& sight) {
  std::string text;
  for (const MemberSight& member : sight.members) {
    const std::string name = toString(member.member.id);
    if (member.state == MemberState::up) {
      if (!member.reason.empty())
        text += fmt::format("{} refuses puts: {}\n", name, printable(member.reason));
      continue;
    }
    const std::string why = member.reason.empty() ? "no reason known" : printable(member.reason);
    if (member.state == MemberState::unreachable) {
      text +=
          fmt::format("{} is up for the others, but does not answer from here: {}\n", name, why);
      continue;
    }
    text += fmt::format("{} is {}: {}\n", name, nameOf(member.state), why);
    if (member.state != MemberState::rebuilding) continue;
    text += fmt::format(
        "   It counts for no level. To take its data directory as it is:  henge accept {}\n",
        member.member.id.value);
  }
  return text;
}

// Writes that are not synced before they are acknowledged are said to be so.
std::string logSyncLines(const ClusterSight& sight) {
  std::string text;
  for (const MemberSight& member : sight.members) {
    if (!member.status || member.status->logSync == "always" || member.status->logSync.empty()) {
      continue;
    }
    text += fmt::format("{} acknowledges writes before they are on disk (log_sync {})\n",
                        toString(member.member.id), printable(member.status->logSync));
  }
  return text;
}

std::uint64_t counterOf(const MemberSight& member, const std::string& name) {
  if (!member.status) return 0;
  const auto found = member.status->counters.find(name);
  return found == member.status->counters.end() || found->second < 0
             ? 0
             : static_cast<std::uint64_t>(found->second);
}

// What replicas missed, and what brings it to them. Nothing if nothing was missed.
std::string missedLines(const ClusterSight& sight) {
  std::uint64_t hints = 0, bytes = 0, repairs = 0;
  std::string keepers, marks;
  for (const MemberSight& member : sight.members) {
    const std::string name = toString(member.member.id);
    repairs += counterOf(member, "read_repairs_written");
    if (const std::uint64_t waiting = counterOf(member, "hints"); waiting > 0) {
      hints += waiting;
      bytes += counterOf(member, "hint_bytes");
      keepers += " " + name;
    }
    if (counterOf(member, "hints_uncounted") > 0)
      marks += name + ": hints of its earlier starts are not counted yet: henge hints\n";
    if (const std::uint64_t ranges = counterOf(member, "ranges_to_repair"); ranges > 0) {
      marks += fmt::format("{}: {} of other nodes {} repair, hints were lost: henge hints\n", name,
                           ranges == 1 ? "one range" : fmt::format("{} ranges", ranges),
                           ranges == 1 ? "needs" : "need");
    }
  }
  std::string text;
  if (hints > 0) {
    text += fmt::format("Hints: {} ({}) for nodes that missed writes wait on{}: henge hints\n",
                        grouped(static_cast<std::int64_t>(hints)),
                        sizeText(static_cast<std::int64_t>(bytes)), keepers);
  }
  if (repairs > 0) {
    text += fmt::format("Reads have repaired {} record{} since the nodes started.\n",
                        grouped(static_cast<std::int64_t>(repairs)), repairs == 1 ? "" : "s");
  }
  return text + marks;
}

std::string warning(const std::string& text) { return linePerSentence("Warning: " + text); }

std::string warningLines(const ClusterSight& sight) {
  std::string text;
  for (const std::string& remark : sight.remarks) text += warning(printable(remark));
  const std::string shares = shareWarning(sight);
  if (!shares.empty()) text += warning(shares);
  return text;
}

// ---- ring

std::string nodesText(const std::vector<NodeId>& nodes) {
  std::string text;
  for (const NodeId node : nodes) text += (text.empty() ? "" : " ") + toString(node);
  return text;
}

std::int64_t countedKeys(const ClusterSight& sight) {
  std::int64_t total = 0;
  for (const RangeSight& range : sight.ranges) total += range.keys.value_or(0);
  return total;
}

std::string uncountedLine(const ClusterSight& sight) {
  std::string text;
  for (const MemberSight& member : sight.members) {
    bool uncounted = false;
    for (const RangeSight& range : sight.ranges) {
      const bool owned = range.range.replicas.front() == member.member.id;
      uncounted = uncounted || (owned && !range.keys);
    }
    if (!uncounted) continue;
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", toString(member.member.id),
                        member.status ? "has not counted yet" : nameOf(member.state));
  }
  return text.empty() ? "" : fmt::format("Not counted: the ranges of {}.\n", text);
}

std::string shareLine(const ClusterSight& sight) {
  const std::string uneven = shareWarning(sight);
  if (!uneven.empty()) return warning(uneven);
  const Shares shares = sharesOf(sight);
  if (!shares.ratio) return "";
  return fmt::format("Largest/smallest share {:.2f}.\n", *shares.ratio);
}

// ---- one key

std::string replicaText(const MemberSight& member, bool owner) {
  std::string text = toString(member.member.id) + (owner ? " (owner) " : " ");
  return text + stateText(member);
}

std::string levelText(Consistency level, int alive, int replicas) {
  const int required = requiredOf(level, replicas);
  const std::string_view name = nameOf(level);
  const bool ok = alive >= required;
  if (level == Consistency::one) return fmt::format("{} {}", name, ok ? "ok" : "refused");
  return fmt::format("{} {} ({} of {})", name, ok ? "ok" : "refused", alive, replicas);
}

const RangeSight& sightOf(const ClusterSight& sight, const RingRange& range) {
  for (const RangeSight& seen : sight.ranges) {
    if (seen.range.first == range.first) return seen;
  }
  return sight.ranges.back();
}

std::string positionText(const ClusterSight& sight, const Ring& ring, BytesView key) {
  const std::string hex = toHex(ring.positionOf(key));
  const std::string shown = hex.size() <= 16 ? hex : hex.substr(0, 16) + "…";
  const std::string_view what = sight.cluster.partitioner == Partitioner::hash ? "hash 0x" : "0x";
  return fmt::format("{}{}", what, shown);
}

}  // namespace

std::string statusText(const ClusterSight& sight, bool colour) {
  const Verdict verdict = judge(sight);
  std::string text = fmt::format("Cluster {}: ", printable(sight.cluster.name));
  text += painted(nameOf(verdict.health), toneOf(verdict.health), colour);
  text += fmt::format(" - {}\n", verdict.sentence);
  return text + toleranceLine(sight, verdict) + statusTable(sight, colour) + reasonLines(sight) +
         missedLines(sight) + logSyncLines(sight) + warningLines(sight);
}

std::string ringText(const ClusterSight& sight, bool colour) {
  TextTable table({{"range"},
                   {"owner"},
                   {"copies on"},
                   {"keys", Align::right},
                   {"share of keys", Align::right},
                   {""}});
  const auto total = static_cast<double>(countedKeys(sight));
  for (const RangeSight& range : sight.ranges) {
    std::vector<Cell> row = {{rangeText(sight, range.range)},
                             {toString(range.range.replicas.front())},
                             {nodesText(range.range.replicas)}};
    const bool shared = range.keys && total > 0;
    const double share = shared ? static_cast<double>(*range.keys) / total : 0;
    row.push_back({range.keys ? grouped(*range.keys) : "-"});
    row.push_back({shared ? percentText(share) : "-"});
    row.push_back({barText(share, barWidth)});
    table.add(std::move(row));
  }
  return table.take(colour) + shareLine(sight) + uncountedLine(sight);
}

std::string placeText(const ClusterSight& sight, BytesView key) {
  const Ring ring(sight.cluster);
  const RangeSight& range = sightOf(sight, ring.rangeOf(key));
  std::string members;
  for (const NodeId node : range.range.replicas) {
    members += (members.empty() ? "" : ", ") +
               replicaText(sight.member(node), node == range.range.replicas.front());
  }
  std::string levels;
  for (const Consistency level : {Consistency::one, Consistency::quorum, Consistency::all}) {
    levels +=
        (levels.empty() ? "" : ", ") + levelText(level, range.alive, sight.cluster.replication);
  }
  return fmt::format("{} ({}) is in {}: {}  ->  {}\n", quotedKey(key),
                     positionText(sight, ring, key), rangeText(sight, range.range), members,
                     levels);
}

std::string acceptWarning(const ClusterSight& sight, NodeId node, const LogView& log) {
  const MemberSight& member = sight.member(node);
  const NodeStatus& status = *member.status;
  const std::string name = toString(node);
  std::string text = fmt::format(
      "henge: accept takes the data directory of {} ({}) as it is: directory {}, start {}, {} "
      "keys.\n",
      name, toString(member.member.client), toString(status.directory), status.boot,
      grouped(status.keys));
  if (!member.reason.empty()) text += fmt::format("  {} now: {}\n", name, printable(member.reason));
  if (!log.damage.empty()) text += "  Its log is damaged, and this would be given up:\n";
  text += damageText(log);
  return text + fmt::format(
                    "  What {0} acknowledged and this directory lacks is given up. Such a write "
                    "may be left on\n"
                    "  fewer replicas than its level needs: reads may then answer an older value, "
                    "or none. It\n"
                    "  is lost if no other replica took it.\n"
                    "  Nothing was done. To do it:  henge accept {1} --yes\n",
                    name, node.value);
}

}  // namespace henge::client

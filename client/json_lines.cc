#include "client/json_lines.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "client/verdict.h"
#include "core/key_text.h"

namespace henge::client {

namespace {

using Json = nlohmann::ordered_json;

Json line(std::string_view type) { return Json{{"v", 1}, {"type", type}}; }

// Remote sentences may hold anything: what is no UTF-8 is replaced, never thrown at.
std::string ended(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json textOrNull(BytesView bytes) {
  return isUtf8(bytes) ? Json(std::string(bytes)) : Json(nullptr);
}

void putBytes(Json& json, const std::string& name, BytesView bytes) {
  json[name + "_hex"] = toHex(bytes);
  json[name] = textOrNull(bytes);
}

Json nodes(const std::vector<NodeId>& ids) {
  Json list = Json::array();
  for (const NodeId id : ids) list.push_back(id.value);
  return list;
}

double millis(Duration span) { return static_cast<double>(span.micros) / 1000; }

std::string_view nameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::applied:
      return "applied";
    case Outcome::surelyNotApplied:
      return "surely_not_applied";
    case Outcome::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view nameOf(RequestErrorKind kind) {
  switch (kind) {
    case RequestErrorKind::unavailable:
      return "unavailable";
    case RequestErrorKind::timeout:
      return "timeout";
    case RequestErrorKind::overloaded:
      return "overloaded";
    case RequestErrorKind::invalidRequest:
      return "invalid_request";
    case RequestErrorKind::rebuilding:
      return "rebuilding";
    case RequestErrorKind::unsupported:
      return "unsupported";
  }
  return "unknown";
}

void putVersion(Json& json, Version version, const std::optional<NodeId>& stampedBy) {
  const bool none = version.isNone();
  json["ts_us"] = none ? Json(nullptr) : Json(version.timestamp);
  json["ts_writer"] = none ? Json(nullptr) : Json(fmt::format("{:016x}", version.writer));
  json["ts_node"] = stampedBy ? Json(stampedBy->value) : Json(nullptr);
}

std::string_view commandOf(const Exchange& exchange) {
  if (!exchange.isWrite) return "get";
  return exchange.isRemove ? "remove" : "put";
}

void putExchange(Json& json, const Exchange& exchange) {
  json["via"] = exchange.via.value;
  json["ms"] = millis(exchange.took);
  if (exchange.isTraced) json["trace"] = linesOf(exchange.trace);
}

void putValue(Json& json, const std::optional<Record>& record) {
  if (record && !record->isTombstone()) return putBytes(json, "value", record->value);
  json["value_hex"] = nullptr;
  json["value"] = nullptr;
}

Json clusterLine(const ClusterSight& sight) {
  const Verdict verdict = judge(sight);
  const Shares shares = sharesOf(sight);
  Json json = line("cluster");
  json["name"] = sight.cluster.name;
  json["rf"] = sight.cluster.replication;
  json["partitioner"] = henge::nameOf(sight.cluster.partitioner);
  json["nodes"] = sight.members.size();
  json["answered"] = sight.answered();
  json["verdict"] = client::nameOf(verdict.health);
  json["sentence"] = verdict.sentence;
  json["tolerates"] = {{"one", verdict.toleranceOne},
                       {"quorum", verdict.toleranceQuorum},
                       {"all", verdict.toleranceAll}};
  json["ranges_without_quorum"] = verdict.rangesWithoutQuorum;
  json["share_ratio"] = shares.ratio ? Json(*shares.ratio) : Json(nullptr);
  json["warnings"] = sight.remarks;
  const std::string warning = shareWarning(sight);
  if (!warning.empty()) json["warnings"].push_back(warning);
  return json;
}

void putStatus(Json& json, const NodeStatus& status, Duration clockOffset) {
  json["version"] = status.version;
  json["uptime_s"] = status.uptime.micros / 1'000'000;
  json["pid"] = status.pid;
  json["keys"] = status.keys;
  json["data_bytes"] = status.dataBytes;
  json["log_bytes"] = status.logBytes;
  json["log_sync"] = status.logSync;
  json["clock_offset_us"] = clockOffset.micros;
  json["directory"] = toString(status.directory);
  json["boot"] = status.boot;
  json["counters"] = status.counters;
}

Json nodeLine(const MemberSight& member) {
  Json json = line("node");
  json["id"] = member.member.id.value;
  json["addr"] = toString(member.member.client);
  json["state"] = client::nameOf(member.state);
  json["reason"] = member.reason.empty() ? Json(nullptr) : Json(member.reason);
  json["since_s"] = member.since ? Json(member.since->micros / 1'000'000) : Json(nullptr);
  json["answered"] = member.status.has_value();
  if (member.status) putStatus(json, *member.status, member.clockOffset);
  return json;
}

Json segmentLine(NodeId node, const LogSegment& segment) {
  static constexpr const char* states[] = {"closed", "active", "ready"};
  Json json = line("segment");
  json["node"] = node.value;
  json["id"] = segment.id;
  json["state"] = states[static_cast<std::size_t>(segment.state)];
  json["file_bytes"] = segment.fileBytes;
  json["end"] = segment.end;
  return json;
}

}  // namespace

std::string writeJson(const WriteReport& report) {
  const PutAnswer& answer = report.answer;
  Json json = line(commandOf(report.exchange));
  putBytes(json, "key", report.exchange.key);
  json["outcome"] = nameOf(answer.outcome);
  json["level"] = henge::nameOf(report.exchange.level);
  json["acknowledged"] = answer.acknowledged;
  json["needed"] = answer.needed;
  json["replicas"] = answer.replicas;
  json["acknowledged_by"] = nodes(answer.acknowledgedBy);
  json["missed"] = nodes(answer.missed);
  json["superseded"] = answer.superseded;
  putVersion(json, answer.version, report.stampedBy);
  putExchange(json, report.exchange);
  return ended(json);
}

std::string readJson(const ReadReport& report) {
  const GetAnswer& answer = report.answer;
  Json json = line("get");
  putBytes(json, "key", report.exchange.key);
  json["found"] = answer.found();
  putValue(json, answer.record);
  json["removed"] = answer.record && answer.record->isTombstone();
  json["level"] = henge::nameOf(report.exchange.level);
  json["acknowledged"] = answer.acknowledged;
  json["needed"] = answer.needed;
  json["replicas"] = answer.replicas;
  json["answered_by"] = nodes(answer.answeredBy);
  json["repaired"] = nodes(answer.repaired);
  putVersion(json, answer.record ? answer.record->version : Version{}, report.stampedBy);
  putExchange(json, report.exchange);
  return ended(json);
}

std::string failureJson(const FailureReport& report, int exitCode) {
  Json json = line("error");
  json["command"] = commandOf(report.exchange);
  json["error"] = report.interrupted    ? "interrupted"
                  : report.lost.empty() ? nameOf(report.error.kind)
                                        : "connection_lost";
  json["message"] = report.lost.empty() ? report.error.message : report.lost;
  putBytes(json, "key", report.exchange.key);
  json["level"] = henge::nameOf(report.exchange.level);
  json["outcome"] = report.exchange.isWrite ? Json(nameOf(report.outcome)) : Json(nullptr);
  json["needed"] = report.error.needed;
  json["alive"] = report.error.alive;
  json["acknowledged"] = report.error.acknowledged;
  json["missing"] = nodes(report.error.missing);
  json["retry_after_ms"] = report.error.retryAfterMs;
  putExchange(json, report.exchange);
  json["exit"] = exitCode;
  return ended(json);
}

std::string errorJson(std::string_view command, std::string_view error, const std::string& message,
                      int exitCode) {
  Json json = line("error");
  json["command"] = command;
  json["error"] = error;
  json["message"] = message;
  json["exit"] = exitCode;
  return ended(json);
}

std::string statusJson(const ClusterSight& sight) {
  std::string text = ended(clusterLine(sight));
  for (const MemberSight& member : sight.members) text += ended(nodeLine(member));
  return text;
}

std::string ringJson(const ClusterSight& sight) {
  std::int64_t total = 0;
  for (const RangeSight& range : sight.ranges) total += range.keys.value_or(0);
  std::string text;
  for (const RangeSight& range : sight.ranges) {
    Json json = line("range");
    const bool shared = range.keys && total > 0;
    json["first_hex"] = toHex(range.range.first);
    json["end_hex"] = toHex(range.range.end);
    json["owner"] = range.range.replicas.front().value;
    json["replicas"] = nodes(range.range.replicas);
    json["alive"] = range.alive;
    json["keys"] = range.keys ? Json(*range.keys) : Json(nullptr);
    json["share"] = shared ? Json(static_cast<double>(*range.keys) / static_cast<double>(total))
                           : Json(nullptr);
    text += ended(json);
  }
  return text;
}

std::string placeJson(const ClusterSight& sight, BytesView key) {
  const Ring ring(sight.cluster);
  const RingRange& range = ring.rangeOf(key);
  Json json = line("place");
  putBytes(json, "key", key);
  json["position_hex"] = toHex(ring.positionOf(key));
  json["first_hex"] = toHex(range.first);
  json["end_hex"] = toHex(range.end);
  json["replicas"] = nodes(range.replicas);
  Json alive = Json::array();
  for (const NodeId node : range.replicas) {
    if (sight.member(node).alive()) alive.push_back(node.value);
  }
  json["alive"] = alive;
  const int up = static_cast<int>(alive.size());
  for (const Consistency level : {Consistency::one, Consistency::quorum, Consistency::all}) {
    json["serves"][std::string(henge::nameOf(level))] =
        up >= requiredOf(level, sight.cluster.replication);
  }
  return ended(json);
}

std::string logJson(const LogView& log, const Address& address) {
  Json json = line("log");
  json["node"] = log.node.value;
  json["addr"] = toString(address);
  json["log_sync"] = log.logSync;
  json["segments"] = log.segmentCount;
  json["spares"] = log.spares;
  json["end"] = toString(log.end);
  json["synced"] = toString(log.synced);
  json["applied"] = toString(log.applied);
  json["bytes"] = log.bytes;
  json["bytes_max"] = log.bytesMax;
  json["bytes_since_checkpoint"] = log.bytesSinceCheckpoint;
  json["syncs"] = log.syncs;
  json["records"] = log.records;
  json["sync_p50_us"] = log.syncHalf.micros;
  json["sync_p99_us"] = log.sync99.micros;
  json["sync_max_us"] = log.syncMax.micros;
  json["replayed_segments"] = log.replayedSegments;
  json["replayed_records"] = log.replayedRecords;
  json["replay_us"] = log.replayTook.micros;
  json["torn_bytes"] = log.tornBytes;
  json["cut_at"] = log.tornBytes > 0 ? Json(toString(log.cutAt)) : Json(nullptr);
  std::string text = ended(json);
  for (const LogSegment& segment : log.segments) text += ended(segmentLine(log.node, segment));
  return text + damageJson(log);
}

std::string damageJson(const LogView& log) {
  std::string text;
  for (const LogDamage& damage : log.damage) {
    Json json = line("damage");
    json["node"] = log.node.value;
    json["file"] = damage.file;
    json["offset"] = damage.offset;
    json["reason"] = damage.reason;
    json["least_hex"] = damage.keys ? Json(toHex(damage.keys->least)) : Json(nullptr);
    json["greatest_hex"] = damage.keys ? Json(toHex(damage.keys->greatest)) : Json(nullptr);
    json["records_max"] = damage.recordsMax ? Json(*damage.recordsMax) : Json(nullptr);
    text += ended(json);
  }
  return text;
}

std::string hintsJson(const HintsView& view, const Address& address) {
  Json json = line("hints");
  json["node"] = view.node.value;
  json["addr"] = toString(address);
  json["bytes_max"] = view.limits.bytesMax;
  json["bytes_max_all"] = view.limits.bytesAllMax;
  json["age_max_us"] = view.limits.ageMax.micros;
  json["ranges_to_repair"] = view.markCount;
  json["not_counted"] = view.notCounted.empty() ? Json(nullptr) : Json(view.notCounted);
  std::string text = ended(json);
  for (const HintTargetView& target : view.targets) {
    Json one = line("hint_target");
    one["node"] = view.node.value;
    one["target"] = target.target.value;
    one["hints"] = target.count;
    one["bytes"] = target.bytes;
    one["oldest_us"] = target.oldest.micros == 0 ? Json(nullptr) : Json(target.oldest.micros);
    one["state"] = target.state;
    one["reason"] = target.reason.empty() ? Json(nullptr) : Json(target.reason);
    one["window"] = target.window;
    one["kept"] = target.kept;
    one["delivered"] = target.delivered;
    one["cancelled"] = target.cancelled;
    one["expired"] = target.expired;
    one["refused"] = target.refused;
    one["dropped"] = target.dropped;
    one["ranges_to_repair"] = target.rangesToRepair;
    text += ended(one);
  }
  for (const RepairMark& mark : view.marks) {
    Json one = line("repair_mark");
    one["node"] = view.node.value;
    one["target"] = mark.target.value;
    one["first_hex"] = toHex(mark.first);
    one["end_hex"] = toHex(mark.end);
    one["since_us"] = mark.since.micros;
    text += ended(one);
  }
  return text;
}

std::string hintSyncJson(NodeId node, const HintSync& sync) {
  Json json = line("hint_sync");
  json["node"] = node.value;
  json["asked"] = sync.asked;
  json["delivered"] = sync.delivered;
  json["lost"] = sync.lost;
  json["left"] = sync.left;
  return ended(json);
}

std::string loadJson(const std::string& file, const LoadCounts& counts, bool interrupted,
                     Duration took, int exitCode) {
  Json json = line("load");
  json["file"] = file;
  json["lines"] = counts.lines;
  json["stored"] = counts.stored;
  json["failed"] = counts.failed;
  json["stored_up_to"] = counts.storedUpTo;
  json["interrupted"] = interrupted;
  json["errors"] = Json::array();
  for (const LoadFailure& failure : counts.first) {
    json["errors"].push_back({{"line", failure.line}, {"message", failure.message}});
  }
  json["ms"] = millis(took);
  json["exit"] = exitCode;
  return ended(json);
}

std::string acceptJson(NodeId accepted, NodeId by, bool done, const std::string& message) {
  Json json = line("accept");
  json["node"] = accepted.value;
  json["by"] = by.value;
  json["done"] = done;
  json["message"] = message;
  return ended(json);
}

}  // namespace henge::client

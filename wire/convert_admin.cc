#include "wire/convert_admin.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace henge::wire {

namespace {

std::string_view wordFor(Liveness liveness) {
  switch (liveness) {
    case Liveness::up:
      return "up";
    case Liveness::down:
      return "down";
    case Liveness::rebuilding:
      return "rebuilding";
  }
  return "down";
}

// A remote number, which may be anything.
Duration millis(std::int64_t count) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / 1000;
  return 1_ms * std::clamp<std::int64_t>(count, 0, most);
}

Liveness livenessOf(std::string_view word) {
  if (word == wordFor(Liveness::up)) return Liveness::up;
  return word == wordFor(Liveness::rebuilding) ? Liveness::rebuilding : Liveness::down;
}

// A node that does not say it takes nobody to be anything else.
Standing standingOf(std::string_view word) {
  if (word == nameOf(Standing::dead)) return Standing::dead;
  return word == nameOf(Standing::suspect) ? Standing::suspect : Standing::alive;
}

thrift::MemberInfo memberOf(const MemberView& view) {
  thrift::MemberInfo out;
  out.__set_node(toThrift(view.member.id));
  out.__set_zone(view.member.zone);
  out.__set_tokens(view.member.tokens);
  out.__set_client(toThrift(view.member.client));
  out.__set_peer(toThrift(view.member.peer));
  out.__set_state(std::string(wordFor(view.liveness)));
  if (!view.reason.empty()) out.__set_reason(view.reason);
  out.__set_sinceMs(view.since.micros / 1000);
  out.__set_standing(std::string(nameOf(view.standing)));
  if (view.slow) out.__set_slow(true);
  if (view.latency.micros > 0) out.__set_latencyMicros(view.latency.micros);
  if (view.latency95.micros > 0) out.__set_latency95Micros(view.latency95.micros);
  if (view.writer != 0) out.__set_writer(toSigned(view.writer));
  if (view.directory.value != 0) out.__set_directory(toSigned(view.directory.value));
  return out;
}

MemberView viewOf(const thrift::MemberInfo& in) {
  MemberView out;
  out.member.id = toNode(in.node);
  out.member.zone = in.zone;
  out.member.tokens = in.tokens;
  out.member.client = toCore(in.client);
  out.member.peer = toCore(in.peer);
  out.liveness = livenessOf(in.state);
  out.reason = in.reason;
  out.since = millis(in.sinceMs);
  out.standing = standingOf(in.standing);
  out.slow = in.slow;
  out.latency = Duration{std::max<std::int64_t>(in.latencyMicros, 0)};
  out.latency95 = Duration{std::max<std::int64_t>(in.latency95Micros, 0)};
  out.writer = toUnsigned(in.writer);
  out.directory = {toUnsigned(in.directory)};
  return out;
}

}  // namespace

thrift::RingAnswer toThrift(const RingView& ring) {
  thrift::RingAnswer out;
  out.__set_cluster(toSigned(ring.cluster.id.value));
  out.__set_name(ring.cluster.name);
  out.__set_replication(ring.cluster.replication);
  out.__set_partitioner(std::string(nameOf(ring.cluster.partitioner)));
  out.__set_epoch(toSigned(ring.cluster.epoch));
  out.__set_ringHash(toSigned(ring.ringHash));
  out.__set_node(toThrift(ring.node));
  out.__isset.members = true;
  for (const MemberView& member : ring.members) out.members.push_back(memberOf(member));
  return out;
}

Result<RingView> toCore(const thrift::RingAnswer& answer) {
  RingView out;
  out.cluster.id = {toUnsigned(answer.cluster)};
  out.cluster.name = answer.name;
  out.cluster.replication = answer.replication;
  out.cluster.epoch = toUnsigned(answer.epoch);
  if (answer.partitioner == nameOf(Partitioner::hash)) {
    out.cluster.partitioner = Partitioner::hash;
  } else if (answer.partitioner != nameOf(Partitioner::bytes)) {
    return Error{ErrorKind::unsupported,
                 "the node's partitioner '" + answer.partitioner + "' is not known here"};
  }
  out.ringHash = toUnsigned(answer.ringHash);
  out.node = toNode(answer.node);
  for (const thrift::MemberInfo& member : answer.members) {
    out.members.push_back(viewOf(member));
    out.cluster.members.push_back(out.members.back().member);
  }
  return out;
}

thrift::StatusAnswer toThrift(const NodeStatus& status) {
  thrift::StatusAnswer out;
  out.__set_node(toThrift(status.node));
  out.__set_version(status.version);
  out.__set_uptimeMs(status.uptime.micros / 1000);
  out.__set_pid(status.pid);
  out.__set_state(status.state);
  if (!status.stateReason.empty()) out.__set_stateReason(status.stateReason);
  out.__set_keys(status.keys);
  out.__set_dataBytes(status.dataBytes);
  out.__set_counters(status.counters);
  out.__set_applied(toThrift(status.applied));
  out.__set_synced(toThrift(status.synced));
  out.__set_segments(status.segments);
  out.__set_logBytes(status.logBytes);
  out.__set_logSync(status.logSync);
  out.__set_hybridTime(status.hybridTime);
  out.__set_wallTime(status.wallTime.micros);
  out.__set_directory(toSigned(status.directory.value));
  out.__set_boot(toSigned(status.boot));
  return out;
}

NodeStatus toCore(const thrift::StatusAnswer& answer) {
  NodeStatus out;
  out.node = toNode(answer.node);
  out.version = answer.version;
  out.uptime = millis(answer.uptimeMs);
  out.pid = answer.pid;
  out.state = answer.state;
  out.stateReason = answer.stateReason;
  out.keys = answer.keys;
  out.dataBytes = answer.dataBytes;
  out.counters = answer.counters;
  out.applied = toCore(answer.applied);
  out.synced = toCore(answer.synced);
  out.segments = answer.segments;
  out.logBytes = answer.logBytes;
  out.logSync = answer.logSync;
  out.hybridTime = answer.hybridTime;
  out.wallTime = {answer.wallTime};
  out.directory = {toUnsigned(answer.directory)};
  out.boot = toUnsigned(answer.boot);
  return out;
}

thrift::DumpAnswer toThrift(DumpPage page, NodeId node) {
  thrift::DumpAnswer out;
  out.__isset.rows = true;
  out.rows.reserve(page.records.size());
  for (Record& record : page.records) out.rows.push_back(toRow(std::move(record), true));
  out.__set_more(page.more);
  if (page.more) out.__set_resumeKey(page.resumeKey);
  out.__set_node(toThrift(node));
  return out;
}

Result<DumpPage> toCore(thrift::DumpAnswer& answer) {
  DumpPage page;
  page.records.reserve(answer.rows.size());
  for (thrift::Row& row : answer.rows) {
    const std::optional<std::string> wrong = toRecord(row, false, page.records.emplace_back());
    if (wrong) return Error{ErrorKind::corrupt, "the node sent " + *wrong};
  }
  page.more = answer.more;
  page.resumeKey = std::move(answer.resumeKey);
  return page;
}

bool setDumpError(const Error& error, const AnswerStamp& stamp, thrift::Admin_dump_result& out) {
  RequestError request;
  request.message = error.message;
  switch (error.kind) {
    case ErrorKind::invalidRequest:
    case ErrorKind::unsupported:
      out.invalid = invalidOf(request);
      out.__isset.invalid = true;
      return true;
    case ErrorKind::overloaded:
      out.overloaded = overloadedOf(request, stamp);
      out.__isset.overloaded = true;
      return true;
    case ErrorKind::rebuilding:
      out.rebuilding = rebuildingOf(request);
      out.__isset.rebuilding = true;
      return true;
    case ErrorKind::timeout:
      out.timeout = timeoutOf(request, stamp);
      out.__isset.timeout = true;
      return true;
    default:
      return false;
  }
}

std::optional<Error> dumpErrorOf(const thrift::Admin_dump_result& result) {
  if (result.__isset.invalid) return Error{ErrorKind::invalidRequest, result.invalid.message};
  if (result.__isset.overloaded) return Error{ErrorKind::overloaded, result.overloaded.message};
  if (result.__isset.rebuilding) return Error{ErrorKind::rebuilding, result.rebuilding.message};
  if (result.__isset.timeout) return Error{ErrorKind::timeout, result.timeout.message};
  return std::nullopt;
}

}  // namespace henge::wire

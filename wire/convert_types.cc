#include "wire/convert_types.h"

#include <limits>

namespace henge::wire {

namespace {

std::optional<std::string> takeExtensions(thrift::Row& row, Extensions& out) {
  for (auto& [number, bytes] : row.extensions) {
    if (number < 0) return "a row's extension has a negative number";
    out.emplace(static_cast<std::uint32_t>(number), std::move(bytes));
  }
  return std::nullopt;
}

}  // namespace

std::int32_t toThrift(NodeId node) { return static_cast<std::int32_t>(node.value); }

NodeId toNode(std::int32_t node) { return {node > 0 ? static_cast<std::uint32_t>(node) : 0}; }

std::vector<std::int32_t> toThrift(const std::vector<NodeId>& nodes) {
  std::vector<std::int32_t> out;
  out.reserve(nodes.size());
  for (const NodeId node : nodes) out.push_back(toThrift(node));
  return out;
}

std::vector<NodeId> toNodes(const std::vector<std::int32_t>& nodes) {
  std::vector<NodeId> out;
  out.reserve(nodes.size());
  for (const std::int32_t node : nodes) out.push_back(toNode(node));
  return out;
}

thrift::Version toThrift(Version version) {
  thrift::Version out;
  out.__set_timestamp(version.timestamp);
  out.__set_writer(toSigned(version.writer));
  return out;
}

Version toCore(const thrift::Version& version) {
  Version out;
  if (version.__isset.timestamp) out.timestamp = version.timestamp;
  if (version.__isset.writer) out.writer = toUnsigned(version.writer);
  return out;
}

thrift::LogPosition toThrift(LogPosition position) {
  thrift::LogPosition out;
  out.__set_segment(toSigned(position.segment));
  out.__set_offset(toSigned(position.offset));
  return out;
}

LogPosition toCore(const thrift::LogPosition& position) {
  if (!position.__isset.segment || !position.__isset.offset) return {};
  return {toUnsigned(position.segment), toUnsigned(position.offset)};
}

thrift::Address toThrift(const Address& address) {
  thrift::Address out;
  out.__set_host(address.host);
  out.__set_port(address.port);
  return out;
}

Address toCore(const thrift::Address& address) {
  const bool isPort =
      address.port >= 0 && address.port <= std::numeric_limits<std::uint16_t>::max();
  return {address.host, static_cast<std::uint16_t>(isPort ? address.port : 0)};
}

thrift::RequestId toThrift(const RequestId& id) {
  thrift::RequestId out;
  out.__set_client(toSigned(id.client));
  out.__set_sequence(toSigned(id.sequence));
  out.__set_firstIncomplete(toSigned(id.firstIncomplete));
  out.__set_firstSent(id.firstSentMicros);
  return out;
}

thrift::Consistency::type toThrift(Consistency level) {
  switch (level) {
    case Consistency::one:
      return thrift::Consistency::ONE;
    case Consistency::quorum:
      return thrift::Consistency::QUORUM;
    case Consistency::all:
      return thrift::Consistency::ALL;
  }
  return thrift::Consistency::QUORUM;
}

std::optional<Consistency> toConsistency(int number) {
  switch (number) {
    case thrift::Consistency::ONE:
      return Consistency::one;
    case thrift::Consistency::QUORUM:
      return Consistency::quorum;
    case thrift::Consistency::ALL:
      return Consistency::all;
    default:
      return std::nullopt;
  }
}

thrift::Outcome::type toThrift(Outcome outcome) {
  switch (outcome) {
    case Outcome::applied:
      return thrift::Outcome::APPLIED;
    case Outcome::surelyNotApplied:
      return thrift::Outcome::SURELY_NOT_APPLIED;
    case Outcome::unknown:
      return thrift::Outcome::UNKNOWN;
  }
  return thrift::Outcome::UNKNOWN;
}

Outcome toOutcome(int number) {
  switch (number) {
    case thrift::Outcome::APPLIED:
      return Outcome::applied;
    case thrift::Outcome::SURELY_NOT_APPLIED:
      return Outcome::surelyNotApplied;
    default:
      return Outcome::unknown;
  }
}

thrift::Row toRow(Record record, bool withValue) {
  thrift::Row row;
  row.__set_version(toThrift(record.version));
  row.__set_kind(record.isTombstone() ? thrift::RecordKind::TOMBSTONE : thrift::RecordKind::VALUE);
  row.__set_expiry(record.expiryMicros);
  row.key = std::move(record.key);
  row.__isset.key = true;
  if (withValue && record.kind == RecordKind::value) {
    row.value = std::move(record.value);
    row.__isset.value = true;
  }
  for (auto& [number, bytes] : record.extensions) {
    row.extensions.emplace(static_cast<std::int32_t>(number), std::move(bytes));
  }
  row.__isset.extensions = !row.extensions.empty();
  return row;
}

std::optional<std::string> toRecord(thrift::Row& row, bool valueMayLack, Record& out) {
  if (!row.__isset.key || row.key.empty()) return "a row without a key";
  if (!row.__isset.version) return "a row without a version";
  out.version = toCore(row.version);
  if (out.version.timestamp <= 0) return "a row whose version has no timestamp above 0";
  if (!row.version.__isset.writer) return "a row whose version has no writer";
  const int kind = row.__isset.kind ? rawNumber(row.kind) : 0;
  if (kind != thrift::RecordKind::VALUE && kind != thrift::RecordKind::TOMBSTONE) {
    return "a row of an unknown kind";
  }
  out.kind = kind == thrift::RecordKind::VALUE ? RecordKind::value : RecordKind::tombstone;
  if (out.isTombstone() && !row.value.empty()) return "a tombstone with a value";
  if (!out.isTombstone() && !row.__isset.value && !valueMayLack) return "a row without a value";
  if (row.expiry < 0) return "a row whose expiry is negative";
  out.expiryMicros = row.expiry;
  out.key = std::move(row.key);
  out.value = std::move(row.value);
  return takeExtensions(row, out.extensions);
}

}  // namespace henge::wire

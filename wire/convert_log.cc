#include "wire/convert_log.h"

#include <algorithm>

#include "wire/convert_types.h"

namespace henge::wire {

namespace {

LogSegment::State stateOf(std::string_view word) {
  if (word == nameOf(LogSegment::State::active)) return LogSegment::State::active;
  if (word == nameOf(LogSegment::State::ready)) return LogSegment::State::ready;
  return LogSegment::State::closed;
}

thrift::LogSegment segmentOf(const LogSegment& segment) {
  thrift::LogSegment out;
  out.__set_id(toSigned(segment.id));
  out.__set_fileBytes(toSigned(segment.fileBytes));
  out.__set_endOffset(toSigned(segment.end));
  out.__set_state(std::string(nameOf(segment.state)));
  return out;
}

LogSegment segmentOf(const thrift::LogSegment& in) {
  return {toUnsigned(in.id), toUnsigned(in.fileBytes), toUnsigned(in.endOffset), stateOf(in.state)};
}

thrift::LogDamage damageOf(const LogDamage& damage) {
  thrift::LogDamage out;
  out.__set_file(damage.file);
  out.__set_offset(toSigned(damage.offset));
  out.__set_reason(damage.reason);
  if (damage.keys) {
    out.__set_leastKey(damage.keys->least);
    out.__set_greatestKey(damage.keys->greatest);
  }
  if (damage.recordsMax) out.__set_recordsMax(toSigned(*damage.recordsMax));
  return out;
}

LogDamage damageOf(const thrift::LogDamage& in) {
  LogDamage out{in.file, toUnsigned(in.offset), in.reason, {}, {}};
  if (in.__isset.leastKey && in.__isset.greatestKey) {
    out.keys = KeyBounds{in.leastKey, in.greatestKey};
  }
  if (in.__isset.recordsMax) out.recordsMax = toUnsigned(in.recordsMax);
  return out;
}

}  // namespace

thrift::LogAnswer toThrift(const LogView& log) {
  thrift::LogAnswer out;
  out.__set_node(toThrift(log.node));
  out.__isset.segments = true;
  const std::size_t told = std::min(log.segments.size(), logSegmentsMax);
  for (std::size_t i = 0; i < told; ++i) out.segments.push_back(segmentOf(log.segments[i]));
  out.__set_segmentCount(toSigned(log.segmentCount));
  out.__set_spares(toSigned(log.spares));
  out.__set_applied(toThrift(log.applied));
  out.__set_synced(toThrift(log.synced));
  out.__set_endPosition(toThrift(log.end));
  out.__set_logSync(log.logSync);
  out.__set_bytes(toSigned(log.bytes));
  out.__set_bytesMax(toSigned(log.bytesMax));
  out.__set_bytesSinceCheckpoint(toSigned(log.bytesSinceCheckpoint));
  out.__set_syncs(toSigned(log.syncs));
  out.__set_records(toSigned(log.records));
  out.__set_syncHalfMicros(log.syncHalf.micros);
  out.__set_sync99Micros(log.sync99.micros);
  out.__set_syncMaxMicros(log.syncMax.micros);
  out.__set_replayedSegments(toSigned(log.replayedSegments));
  out.__set_replayedRecords(toSigned(log.replayedRecords));
  out.__set_replayMicros(log.replayTook.micros);
  out.__set_tornBytes(toSigned(log.tornBytes));
  if (log.tornBytes > 0) out.__set_cutAt(toThrift(log.cutAt));
  out.__isset.damage = true;
  for (const LogDamage& damage : log.damage) out.damage.push_back(damageOf(damage));
  return out;
}

LogView toCore(const thrift::LogAnswer& answer) {
  LogView out;
  out.node = toNode(answer.node);
  for (const thrift::LogSegment& segment : answer.segments) {
    out.segments.push_back(segmentOf(segment));
  }
  out.segmentCount = toUnsigned(answer.segmentCount);
  out.spares = toUnsigned(answer.spares);
  out.applied = toCore(answer.applied);
  out.synced = toCore(answer.synced);
  out.end = toCore(answer.endPosition);
  out.logSync = answer.logSync;
  out.bytes = toUnsigned(answer.bytes);
  out.bytesMax = toUnsigned(answer.bytesMax);
  out.bytesSinceCheckpoint = toUnsigned(answer.bytesSinceCheckpoint);
  out.syncs = toUnsigned(answer.syncs);
  out.records = toUnsigned(answer.records);
  out.syncHalf = {answer.syncHalfMicros};
  out.sync99 = {answer.sync99Micros};
  out.syncMax = {answer.syncMaxMicros};
  out.replayedSegments = toUnsigned(answer.replayedSegments);
  out.replayedRecords = toUnsigned(answer.replayedRecords);
  out.replayTook = {answer.replayMicros};
  out.tornBytes = toUnsigned(answer.tornBytes);
  out.cutAt = toCore(answer.cutAt);
  for (const thrift::LogDamage& damage : answer.damage) out.damage.push_back(damageOf(damage));
  return out;
}

}  // namespace henge::wire

#include "inspector/survey.h"

#include <algorithm>

#include "core/ring.h"
#include "server/storage/batch_payload.h"
#include "server/storage/damage_note.h"
#include "server/storage/log_judge.h"
#include "server/storage/segment_names.h"
#include "server/storage/store_keys.h"

namespace henge::inspector {

namespace {

constexpr std::uint32_t shard = 0;
constexpr std::uint64_t usualSegmentBytes = storage::StorageOptions().segmentBytes;

std::string logPath(const std::string& name) { return storage::logDirectory(shard) + "/" + name; }

storage::StorageOptions optionsFor(const storage::Identity& identity) {
  storage::StorageOptions options;
  options.owner = {identity.cluster, identity.directory, shard};
  return options;
}

// A store's keys tell: with 64 bits that fit the key behind them it is hashed.
Partitioner partitionerOf(StoppedNode& node) {
  const auto rows = node.storeScan(storage::dataKey(""), 1);
  if (!rows || rows->empty() || rows->front().key >= storage::dataEnd()) return Partitioner::bytes;
  const BytesView ordered = storage::orderedOfDataKey(rows->front().key);
  const BytesView key = storage::keyOfOrdered(Partitioner::hash, ordered);
  const bool hashed = !key.empty() && orderedKey(Partitioner::hash, key) == ordered;
  return hashed ? Partitioner::hash : Partitioner::bytes;
}

void readPosition(StoppedNode& node, Survey& survey) {
  const auto applied = node.storeGet(storage::appliedKey(shard));
  if (!applied) {
    if (applied.error().kind != ErrorKind::notFound) survey.storeTrouble = applied.error().message;
    return;
  }
  if (!*applied) return;
  const Result<LogPosition> position = storage::decodeApplied(**applied);
  if (position) {
    survey.applied = *position;
  } else {
    survey.storeTrouble = position.error().message;
  }
}

Status readNotes(StoppedNode& node, Survey& survey) {
  const std::string directory = storage::quarantineDirectory(shard);
  const auto entries = node.list(directory);
  if (!entries) return entries.error().kind == ErrorKind::notFound ? Status() : entries.error();
  for (const ports::DirectoryEntry& entry : *entries) {
    const auto segment = storage::segmentOfNote(entry.name);
    if (!segment) continue;
    const Result<Bytes> note = node.file(directory + "/" + entry.name, StoppedNode::whole);
    if (!note) return note.error();
    survey.unaccepted.push_back(
        storage::decodeDamageNote(*note, directory + "/" + storage::segmentName(*segment)));
  }
  return {};
}

// ---- one segment

SegmentVerdict verdictOf(storage::SegmentEnd end) {
  switch (end) {
    case storage::SegmentEnd::unused:
      return SegmentVerdict::unused;
    case storage::SegmentEnd::clean:
      return SegmentVerdict::clean;
    case storage::SegmentEnd::ended:
      return SegmentVerdict::ended;
    case storage::SegmentEnd::torn:
      return SegmentVerdict::torn;
    case storage::SegmentEnd::damaged:
      return SegmentVerdict::damaged;
  }
  return SegmentVerdict::damaged;
}

void widen(SegmentSight& sight, const Record& record) {
  if (!sight.keys) sight.keys = KeyBounds{record.key, record.key};
  sight.keys->least = std::min(sight.keys->least, record.key);
  sight.keys->greatest = std::max(sight.keys->greatest, record.key);
  sight.greatest = std::max(sight.greatest, record.version);
}

SegmentReading readingOf(const storage::SegmentFile& file, const storage::SegmentContent& content) {
  SegmentReading reading;
  SegmentSight& sight = reading.sight;
  sight.id = file.id;
  sight.fileBytes = file.bytes;
  sight.verdict = verdictOf(content.end);
  sight.end = content.endOffset;
  sight.tornBytes = content.tornBytes;
  sight.batches = content.batches.size();
  sight.records = content.entries();
  for (const storage::Batch& batch : content.batches) {
    auto entries = storage::entriesOf(batch, std::max(file.bytes, usualSegmentBytes));
    if (!entries) {
      reading.undecoded =
          "the batch at " + toString(batch.header.at) + ": " + entries.error().message;
      continue;
    }
    for (Record& record : entries->records) {
      widen(sight, record);
      reading.entries.push_back({batch.header.at, batch.header.sequence, std::move(record)});
    }
    std::move(entries->hints.begin(), entries->hints.end(), std::back_inserter(reading.hints));
  }
  sight.hints = reading.hints.size();
  sight.records -= sight.hints;
  return reading;
}

// ---- the whole log

class LogReading {
 public:
  LogReading(StoppedNode& node, Survey& survey, SegmentSink& sink)
      : node_(node), survey_(survey), sink_(sink), options_(optionsFor(survey.identity)) {}

  Status read() {
    const auto entries = node_.list(storage::logDirectory(shard));
    if (!entries && entries.error().kind != ErrorKind::notFound) return entries.error();
    const auto files = entries ? *entries : std::vector<ports::DirectoryEntry>();
    storage::LogJudge judge(options_, files, positionFor(files));
    survey_.spares = judge.plan().spares.size();
    if (Status status = judgeLastHeld(judge); !status) return status;
    for (const storage::SegmentFile& old : judge.plan().old) {
      if (Status status = readOld(old); !status) return status;
      if (!wanted_) return {};
    }
    while (!judge.done()) {
      if (Status status = judgeNext(judge); !status) return status;
      if (!wanted_ || !survey_.refusal.empty()) break;
    }
    conclude(judge);
    return {};
  }

 private:
  // What a store that cannot be read holds is not known: each file there is is judged.
  LogPosition positionFor(const std::vector<ports::DirectoryEntry>& files) const {
    if (survey_.storeTrouble.empty()) return survey_.applied;
    for (const ports::DirectoryEntry& file : files) {
      if (const auto id = storage::segmentOfName(file.name)) return {*id - 1, 0};
    }
    return {};
  }

  Result<std::optional<storage::SegmentHeader>> headerOf(std::uint64_t id) {
    Result<Bytes> bytes =
        node_.file(logPath(storage::segmentName(id)), storage::segmentHeaderBytes);
    if (!bytes) return bytes.error();
    return storage::headerInUse(*bytes, options_.owner, id);
  }

  // The store has it all: only shown, and compared with what the store holds.
  Status readOld(const storage::SegmentFile& file) {
    const Result<Bytes> bytes =
        node_.file(logPath(storage::segmentName(file.id)), StoppedNode::whole);
    if (!bytes) return bytes.error();
    const auto content =
        storage::readSegment(*bytes, {options_.owner, file.id, file.id}, std::nullopt);
    if (!content) {
      survey_.refusal = storage::segmentName(file.id) + " " + content.error().message;
      return {};
    }
    SegmentReading reading = readingOf(file, *content);
    reading.sight.verdict = SegmentVerdict::inStore;
    give(reading);
    return {};
  }

  Status judgeLastHeld(storage::LogJudge& judge) {
    const storage::SegmentFile* held = judge.lastHeld();
    if (held == nullptr || isNoted(held->id)) return {};
    const Result<Bytes> bytes =
        node_.file(logPath(storage::segmentName(held->id)), StoppedNode::whole);
    if (!bytes) return bytes.error();
    judge.judgeLastHeld(*bytes);
    return {};
  }

  bool isNoted(std::uint64_t id) const {
    return std::any_of(survey_.unaccepted.begin(), survey_.unaccepted.end(),
                       [&](const LogDamage& damage) {
                         return damage.file.ends_with("/" + storage::segmentName(id));
                       });
  }

  Status judgeNext(storage::LogJudge& judge) {
    const storage::SegmentFile file = judge.file();
    std::optional<storage::SegmentHeader> successor;
    if (judge.hasSuccessor()) {
      auto header = headerOf(file.id + 1);
      if (!header) return header.error();
      successor = *header;
    }
    const Result<Bytes> bytes =
        node_.file(logPath(storage::segmentName(file.id)), StoppedNode::whole);
    if (!bytes) return bytes.error();
    const std::size_t damageBefore = judge.damage().size();
    const auto judged = judge.judge(*bytes, successor);
    if (!judged) {
      survey_.refusal = judged.error().message;
      return {};
    }
    SegmentReading reading = readingOf(file, judged->content);
    judge.judgeEntries(judged->content);
    if (reading.undecoded && judge.damage().size() == damageBefore) {
      survey_.refusal = logPath(storage::segmentName(file.id)) + ": " + *reading.undecoded;
    }
    survey_.replayedRecords += reading.sight.records;
    for (const storage::Batch& batch : judged->content.batches) {
      survey_.replayedBytes += batch.header.length;
    }
    give(reading);
    return {};
  }

  void give(const SegmentReading& reading) {
    survey_.segments.push_back(reading.sight);
    wanted_ = sink_.onSegment(reading);
  }

  void conclude(const storage::LogJudge& judge) {
    survey_.replayedSegments = judge.segmentsUsed();
    survey_.tornBytes = judge.tornBytes();
    survey_.cutAt = judge.cutAt();
    survey_.damage = judge.damage();
    for (const std::uint64_t id : judge.damaged()) {
      survey_.setAside.push_back(logPath(storage::segmentName(id)));
      for (SegmentSight& sight : survey_.segments) {
        if (sight.id == id) sight.verdict = SegmentVerdict::damaged;  // by what stands behind it
      }
    }
    survey_.end = {judge.last().id, judge.last().end};
  }

  StoppedNode& node_;
  Survey& survey_;
  SegmentSink& sink_;
  const storage::StorageOptions options_;
  bool wanted_ = true;
};

}  // namespace

std::string_view nameOf(SegmentVerdict verdict) {
  switch (verdict) {
    case SegmentVerdict::inStore:
      return "in the store";
    case SegmentVerdict::unused:
      return "unused";
    case SegmentVerdict::clean:
      return "clean";
    case SegmentVerdict::ended:
      return "ended";
    case SegmentVerdict::torn:
      return "torn";
    case SegmentVerdict::damaged:
      return "DAMAGED";
  }
  return "?";
}

Result<Survey> beginSurvey(StoppedNode& node) {
  const Result<Bytes> bytes = node.file(storage::identityPath, StoppedNode::whole);
  if (!bytes) return bytes.error();
  Result<storage::Identity> identity = storage::decodeIdentity(*bytes);
  if (!identity) return identity.error();
  Survey survey;
  survey.identity = std::move(identity).value();
  readPosition(node, survey);
  survey.partitioner = partitionerOf(node);
  if (Status status = readNotes(node, survey); !status) return status.error();
  return survey;
}

Status readSegments(StoppedNode& node, Survey& survey, SegmentSink& sink) {
  return LogReading(node, survey, sink).read();
}

}  // namespace henge::inspector

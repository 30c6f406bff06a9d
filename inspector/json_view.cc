#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/key_text.h"
#include "inspector/directory_view.h"
#include "inspector/view.h"

namespace henge::inspector {

namespace {

using Json = nlohmann::ordered_json;

Json line(std::string_view type) { return Json{{"v", 1}, {"type", type}}; }

void putBytes(Json& json, const std::string& name, BytesView bytes) {
  json[name + "_hex"] = toHex(bytes);
  json[name] = isUtf8(bytes) ? Json(std::string(bytes)) : Json(nullptr);
}

Json byteOrNull(BytesView key) {
  return key.size() == 1 ? Json(static_cast<unsigned char>(key[0])) : Json(nullptr);
}

Json nodes(const std::vector<NodeId>& ids) {
  Json list = Json::array();
  for (const NodeId id : ids) list.push_back(id.value);
  return list;
}

class JsonView final : public View {
 public:
  explicit JsonView(std::ostream& out) : out_(out) {}

  void begin(const Reading& reading) override {
    writers_ = reading.writers;
    Json json = line("cluster");
    json["name"] = reading.cluster.name;
    json["rf"] = reading.cluster.replication;
    json["nodes"] = reading.nodes.size();
    json["answered"] = reading.answered();
    json["read_at_us"] = reading.readAt.micros;
    write(json);
    for (const ReadNode& node : reading.nodes) writeNode(node);
  }

  void key(const MergedKey& merged, const Agreement& agreement) override {
    Json json = line("key");
    putBytes(json, "key", merged.key);
    json["u8"] = byteOrNull(merged.key);
    json["replicas"] = nodes(agreement.replicas);
    json["state"] = stateOf(agreement);
    json["deleted"] = agreement.tombstone();
    json["newest_ts_us"] =
        agreement.newest != nullptr ? Json(agreement.newest->version.timestamp) : Json(nullptr);
    json["copies"] = Json::array();
    for (const Copy& copy : agreement.copies) json["copies"].push_back(copyOf(copy));
    write(json);
  }

  void end(const Tally& tally, const std::vector<NodeStream>& streams) override {
    Json json = line("summary");
    json["keys"] = tally.keys;
    json["deleted"] = tally.deleted;
    json["agree"] = tally.keys - tally.disagreeing;
    json["disagree"] = tally.disagreeing;
    json["shown"] = tally.shown;
    json["limited"] = tally.goOnAt.has_value();
    json["go_on_hex"] = tally.goOnAt ? Json(toHex(*tally.goOnAt)) : Json(nullptr);
    json["records"] = Json::object();
    json["failed"] = Json::object();
    for (const NodeStream& stream : streams) {
      const std::string id = std::to_string(stream.node().value);
      json["records"][id] = stream.records();
      if (!stream.failure().empty()) json["failed"][id] = stream.failure();
    }
    write(json);
  }

 private:
  void write(const Json& json) {
    out_ << json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
  }

  void writeNode(const ReadNode& node) {
    Json json = line("node");
    json["id"] = node.member.id.value;
    json["addr"] = toString(node.member.client);
    json["state"] = node.source != nullptr ? "up" : "unread";
    json["reason"] = node.cause.empty() ? Json(nullptr) : Json(node.cause);
    json["token_hex"] = toHex(node.member.tokens.front());
    json["tokens_hex"] = Json::array();
    for (const Bytes& token : node.member.tokens) json["tokens_hex"].push_back(toHex(token));
    json["keys"] = node.status ? Json(node.status->keys) : Json(nullptr);
    json["log_bytes"] = node.status ? Json(node.status->logBytes) : Json(nullptr);
    write(json);
  }

  Json copyOf(const Copy& copy) const {
    Json json{{"node", copy.node.value}};
    if (copy.record == nullptr) {
      json[copy.state == CopyState::notRead ? "unread" : "absent"] = true;
      return json;
    }
    if (copy.record->isTombstone()) {
      json["deleted"] = true;
    } else {
      putBytes(json, "value", copy.record->value);
    }
    const Version version = copy.record->version;
    const auto writer = writers_.find(version.writer);
    json["ts_us"] = version.timestamp;
    json["ts_writer"] = fmt::format("{:016x}", version.writer);
    json["ts_node"] = writer != writers_.end() ? Json(writer->second.value) : Json(nullptr);
    json["digest"] = fmt::format("{:016x}", digestOf(*copy.record));
    if (copy.state == CopyState::behind) json["old"] = true;
    if (copy.state == CopyState::stray) json["stray"] = true;
    return json;
  }

  std::ostream& out_;
  std::map<std::uint64_t, NodeId> writers_;
};

// ---- a stopped node's directory

template <typename Optional>
Json orNull(const Optional& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json textOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json segmentOf(const SegmentSight& sight) {
  Json json = line("segment");
  json["id"] = sight.id;
  json["verdict"] = sight.verdict == SegmentVerdict::inStore   ? "in_store"
                    : sight.verdict == SegmentVerdict::damaged ? "damaged"
                                                               : nameOf(sight.verdict);
  json["file_bytes"] = sight.fileBytes;
  json["end"] = sight.end;
  json["batches"] = sight.batches;
  json["records"] = sight.records;
  json["torn_bytes"] = sight.tornBytes;
  json["least_hex"] = sight.keys ? Json(toHex(sight.keys->least)) : Json(nullptr);
  json["greatest_hex"] = sight.keys ? Json(toHex(sight.keys->greatest)) : Json(nullptr);
  return json;
}

Json damageOf(const LogDamage& damage, bool found) {
  Json json = line("damage");
  json["found_before"] = found;
  json["file"] = damage.file;
  json["offset"] = damage.offset;
  json["reason"] = damage.reason;
  json["least_hex"] = damage.keys ? Json(toHex(damage.keys->least)) : Json(nullptr);
  json["greatest_hex"] = damage.keys ? Json(toHex(damage.keys->greatest)) : Json(nullptr);
  json["records_max"] = orNull(damage.recordsMax);
  return json;
}

class DirectoryJson final : public DirectoryView {
 public:
  explicit DirectoryJson(std::ostream& out) : out_(out) {}

  void begin(const std::string& directory, const Survey& survey) override {
    Json json = line("directory");
    json["path"] = directory;
    json["node"] = survey.identity.node.value;
    json["directory"] = toString(survey.identity.directory);
    json["boot"] = survey.identity.boot;
    json["applied"] = toString(survey.applied);
    json["store_trouble"] = textOrNull(survey.storeTrouble);
    write(json);
  }

  void segment(const SegmentReading& reading) override { write(segmentOf(reading.sight)); }

  void record(const LogEntry& entry) override {
    Json json = line("record");
    json["at"] = toString(entry.batch);
    json["sequence"] = entry.sequence;
    putBytes(json, "key", entry.record.key);
    json["u8"] = byteOrNull(entry.record.key);
    json["deleted"] = entry.record.isTombstone();
    if (!entry.record.isTombstone()) putBytes(json, "value", entry.record.value);
    json["ts_us"] = entry.record.version.timestamp;
    json["ts_writer"] = fmt::format("{:016x}", entry.record.version.writer);
    write(json);
  }

  void end(const Survey& survey, const std::optional<LogPosition>& goOn) override {
    writeDamage(survey);
    Json json = line("end");
    json["from"] = goOn ? Json(toString(*goOn)) : Json(nullptr);
    json["refusal"] = textOrNull(survey.refusal);
    write(json);
  }

  void verdict(const std::string& directory, const Survey& survey) override {
    begin(directory, survey);
    for (const SegmentSight& sight : survey.segments) write(segmentOf(sight));
    writeDamage(survey);
    Json json = line("verdict");
    json["clean"] = survey.clean();
    json["replayed_segments"] = survey.replayedSegments;
    json["replayed_records"] = survey.replayedRecords;
    json["replayed_bytes"] = survey.replayedBytes;
    json["torn_bytes"] = survey.tornBytes;
    json["cut_at"] = survey.tornBytes > 0 ? Json(toString(survey.cutAt)) : Json(nullptr);
    json["set_aside"] = survey.setAside;
    json["end"] = toString(survey.end);
    json["refusal"] = textOrNull(survey.refusal);
    json["rows"] = survey.rows;
    json["looked_up"] = survey.lookedUp;
    json["contradictions"] = survey.contradictions;
    json["contradiction_count"] = survey.contradictionCount;
    write(json);
  }

 private:
  void writeDamage(const Survey& survey) {
    for (const LogDamage& damage : survey.damage) write(damageOf(damage, false));
    for (const LogDamage& damage : survey.unaccepted) write(damageOf(damage, true));
  }

  void write(const Json& json) {
    out_ << json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
  }

  std::ostream& out_;
};

}  // namespace

std::unique_ptr<DirectoryView> directoryJson(std::ostream& out) {
  return std::make_unique<DirectoryJson>(out);
}

std::unique_ptr<View> jsonView(std::ostream& out) { return std::make_unique<JsonView>(out); }

}  // namespace henge::inspector

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/key_text.h"
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
    json["newest_ts_us"] = agreement.newest->version.timestamp;
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
    json["limited"] = tally.limited;
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
    if (copy.state == CopyState::behind) json["old"] = true;
    if (copy.state == CopyState::stray) json["stray"] = true;
    return json;
  }

  std::ostream& out_;
  std::map<std::uint64_t, NodeId> writers_;
};

}  // namespace

std::unique_ptr<View> jsonView(std::ostream& out) { return std::make_unique<JsonView>(out); }

}  // namespace henge::inspector

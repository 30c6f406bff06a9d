#include "server/app/cluster_file.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/did_you_mean.h"

namespace henge::app {

namespace {

using Json = nlohmann::json;

// Reads the fields of one object and remembers the first thing that is wrong with it.
class Fields {
 public:
  Fields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is_object()) fail("must be an object");
  }

  std::string text(const char* name) {
    const Json* field = required(name, &Json::is_string, "a text");
    return field ? field->get<std::string>() : "";
  }
  std::uint64_t number(const char* name) {
    const Json* field = required(name, &Json::is_number_unsigned, "a whole number ≥ 0");
    return field ? field->get<std::uint64_t>() : 0;
  }
  const Json& list(const char* name) {
    static const Json none = Json::array();
    const Json* field = required(name, &Json::is_array, "a list");
    return field ? *field : none;
  }
  bool has(const char* name) const { return object_.is_object() && object_.contains(name); }

  Address address(const char* name) {
    const Result<Address> parsed = parseAddress(text(name));
    if (!parsed.ok()) {
      fail("\"" + std::string(name) + "\": " + parsed.error().message);
      return {};
    }
    return *parsed;
  }

  // After all known fields were read: anything else is a mistake.
  void allowOnly(const std::vector<std::string>& known) {
    if (!object_.is_object()) return;
    for (const auto& [name, value] : object_.items()) {
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        fail("unknown name \"" + name + "\"" + didYouMean(name, known));
      }
    }
  }

  void fail(const std::string& why) {
    if (problem_.ok()) problem_ = Error{ErrorKind::mismatch, where_ + ": " + why};
  }
  const Status& problem() const { return problem_; }

 private:
  const Json* required(const char* name, bool (Json::*is)() const noexcept, const char* what) {
    if (!has(name)) return fail("\"" + std::string(name) + "\" is missing"), nullptr;
    const Json& field = object_.at(name);
    if (!(field.*is)()) return fail("\"" + std::string(name) + "\" must be " + what), nullptr;
    return &field;
  }

  const Json& object_;
  std::string where_;
  Status problem_;
};

Result<Member> readMember(const Json& object, const std::string& where) {
  Fields fields(object, where);
  Member member;
  const std::uint64_t id = fields.number("node");
  if (id > 0xffffffff) fields.fail("\"node\" is larger than 32 bit");
  member.id = NodeId{static_cast<std::uint32_t>(id)};
  if (fields.has("zone")) member.zone = fields.text("zone");
  for (const Json& token : fields.list("tokens")) {
    const auto bytes = token.is_string() ? fromHex(token.get<std::string>()) : std::nullopt;
    if (bytes) {
      member.tokens.push_back(*bytes);
    } else {
      fields.fail("\"tokens\" must be texts of hex digits, as \"80\" or \"c0ff\"");
    }
  }
  member.client = fields.address("client");
  member.peer = fields.address("peer");
  fields.allowOnly({"node", "zone", "tokens", "client", "peer"});
  if (!fields.problem().ok()) return fields.problem().error();
  return member;
}

void readClusterId(Fields& fields, Cluster& cluster) {
  const std::string text = fields.text("cluster_id");
  const auto [end, bad] =
      std::from_chars(text.data(), text.data() + text.size(), cluster.id.value, 16);
  if (bad != std::errc() || end != text.data() + text.size() || text.size() != 16) {
    fields.fail("\"cluster_id\" must be 16 hex digits");
  }
}

void readPartitioner(Fields& fields, Cluster& cluster) {
  const std::string text = fields.text("partitioner");
  if (text == nameOf(Partitioner::hash)) {
    cluster.partitioner = Partitioner::hash;
  } else if (text != nameOf(Partitioner::bytes)) {
    fields.fail("\"partitioner\" must be \"bytes\" or \"hash\", not \"" + text + "\"");
  }
}

}  // namespace

Result<Cluster> parseClusterFile(const std::string& text, const std::string& path) {
  const Json document = Json::parse(text, nullptr, false);
  if (document.is_discarded()) return Error{ErrorKind::mismatch, path + ": is not JSON"};
  Fields fields(document, path);
  Cluster cluster;
  cluster.name = fields.text("name");
  readClusterId(fields, cluster);
  const std::uint64_t replication = fields.number("replication");
  if (replication < 1 || replication > 255) fields.fail("\"replication\" must be from 1 to 255");
  cluster.replication = static_cast<int>(replication);
  readPartitioner(fields, cluster);
  if (fields.has("epoch")) cluster.epoch = fields.number("epoch");
  for (const Json& object : fields.list("members")) {
    const std::string where = path + ": member " + std::to_string(cluster.members.size());
    Result<Member> member = readMember(object, where);
    if (!member.ok()) return member.error();
    cluster.members.push_back(std::move(*member));
  }
  fields.allowOnly({"name", "cluster_id", "replication", "partitioner", "epoch", "members"});
  if (!fields.problem().ok()) return fields.problem().error();
  std::sort(cluster.members.begin(), cluster.members.end(),
            [](const Member& a, const Member& b) { return a.id < b.id; });
  if (const Status valid = validate(cluster); !valid.ok()) {
    return Error{ErrorKind::mismatch, path + ": " + valid.error().message};
  }
  return cluster;
}

Result<Cluster> readClusterFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorKind::mismatch, "cannot read the cluster file " + path};
  std::ostringstream text;
  text << file.rdbuf();
  return parseClusterFile(text.str(), path);
}

}  // namespace henge::app

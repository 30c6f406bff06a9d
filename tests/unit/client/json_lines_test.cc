#include "client/json_lines.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>
#include <sstream>

#include "core/key_text.h"
#include "tests/unit/client/console_run.h"

namespace henge::client::testing {

namespace {

using Json = nlohmann::ordered_json;

std::vector<Json> linesOf(const std::string& text) {
  std::istringstream in(text);
  std::vector<Json> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

std::vector<std::string> keysOf(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

void checkBytes(const Json& json, const std::string& name, const Bytes& bytes) {
  RC_ASSERT(fromHex(json[name + "_hex"].get<std::string>()) == bytes);
  if (isUtf8(bytes)) {
    RC_ASSERT(json[name].get<std::string>() == bytes);
  } else {
    RC_ASSERT(json[name].is_null());
  }
}

Bytes anyBytes() {
  return *rc::gen::container<std::string>(rc::gen::cast<char>(rc::gen::inRange(0, 256)));
}

RC_GTEST_PROP(JsonLines, BytesComeBackWhateverTheyAre, ()) {
  const Bytes key = "k" + anyBytes();
  const Bytes value = anyBytes();
  FakeCluster cluster;
  const ConsoleRun put =
      runWords(cluster, {"put", toKeyText(key), "-", "--output=json"}, {false, value, {}});
  RC_ASSERT(put.exit == 0);
  checkBytes(linesOf(put.out).at(0), "key", key);
  const ConsoleRun get = runWords(cluster, {"get", toKeyText(key), "--output=json"});
  RC_ASSERT(get.exit == 0);
  const std::vector<Json> lines = linesOf(get.out);
  RC_ASSERT(lines.size() == 1u);
  checkBytes(lines[0], "key", key);
  checkBytes(lines[0], "value", value);
}

RC_GTEST_PROP(JsonLines, RemoteSentencesCannotBreakThem, ()) {
  FakeCluster cluster;
  FakeNode& node = cluster.nodes.at(1);
  node.answers = false;
  node.liveness = Liveness::down;
  node.cause = anyBytes();
  node.reason = anyBytes();
  const ConsoleRun run = runWords(cluster, {"status", "--output", "json"});
  RC_ASSERT(linesOf(run.out).size() == 5u);
}

// A terminal is sent no control character that a node chose.
RC_GTEST_PROP(TextScreens, RemoteSentencesCannotMoveTheCursor, ()) {
  FakeCluster cluster;
  FakeNode& node = cluster.nodes.at(1);
  node.answers = false;
  node.liveness = Liveness::down;
  node.cause = anyBytes();
  node.reason = anyBytes();
  const ConsoleRun status = runWords(cluster, {"status"});
  const ConsoleRun put = runWords(cluster, {"put", "k", "v", "all"});
  for (const std::string& text : {status.out, status.err, put.out, put.err}) {
    for (const char c : text) RC_ASSERT(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  }
}

TEST(JsonLines, KeysKeepTheirOrder) {
  FakeCluster cluster;
  const ConsoleRun put = runWords(cluster, {"--output=json", "put", "k", "v"});
  EXPECT_EQ(
      keysOf(linesOf(put.out).at(0)),
      (std::vector<std::string>{"v", "type", "key_hex", "key", "outcome", "level", "acknowledged",
                                "needed", "replicas", "acknowledged_by", "missed", "superseded",
                                "ts_us", "ts_writer", "ts_node", "via", "ms"}));
  const ConsoleRun get = runWords(cluster, {"--output=json", "get", "k"});
  EXPECT_EQ(keysOf(linesOf(get.out).at(0)),
            (std::vector<std::string>{"v", "type", "key_hex", "key", "found", "value_hex", "value",
                                      "removed", "level", "acknowledged", "needed", "replicas",
                                      "answered_by", "repaired", "ts_us", "ts_writer", "ts_node",
                                      "via", "ms"}));
}

TEST(JsonLines, NoScreenHasAnEscapeOrANaN) {
  FakeCluster cluster;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"status"}, {"ring"}, {"ring", "k"}, {"get", "k"}}) {
    std::vector<std::string> all = {"--output=json", "--color=always"};
    all.insert(all.end(), words.begin(), words.end());
    const ConsoleRun run = runWords(cluster, all, {true, "", {}});
    EXPECT_EQ(run.out.find('\x1b'), std::string::npos);
    EXPECT_EQ(run.out.find("NaN"), std::string::npos);
    EXPECT_GE(linesOf(run.out).size(), 1u);
  }
}

}  // namespace

}  // namespace henge::client::testing

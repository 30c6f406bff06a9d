#include "inspector/inspect.h"

#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>
#include <sstream>

#include "core/bytes.h"
#include "core/key_text.h"
#include "inspector/cell_text.h"
#include "inspector/seed_lines.h"
#include "tests/unit/inspector/fake_directory.h"
#include "tests/unit/inspector/inspector_run.h"

namespace henge::inspector::testing {

namespace {

using Json = nlohmann::ordered_json;

Bytes anyBytes() {
  return *rc::gen::container<std::string>(rc::gen::cast<char>(rc::gen::inRange(0, 256)));
}

std::vector<Json> linesOf(const std::string& text) {
  std::istringstream in(text);
  std::vector<Json> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

void holdAtAll(FakeNodes& nodes, const Bytes& key, const Bytes& value, std::int64_t at = 7) {
  const Ring ring(nodes.cluster());
  for (const NodeId node : ring.replicasOf(key)) {
    nodes.hold(node.value, {key, {at, 1}, RecordKind::value, 0, value, {}});
  }
}

// ---- JSON

RC_GTEST_PROP(InspectorJson, BytesComeBackWhateverTheyAre, ()) {
  FakeNodes nodes(4, 3);
  const Bytes key = "k" + anyBytes();
  const Bytes value = anyBytes();
  holdAtAll(nodes, key, value);
  const InspectorRun run = runWords(nodes, {"--json"});
  RC_ASSERT(run.exit == 0);
  const std::vector<Json> lines = linesOf(run.out);
  RC_ASSERT(lines.size() == 7u);  // cluster, four nodes, the key, summary
  RC_ASSERT(fromHex(lines[5]["key_hex"].get<std::string>()) == key);
  RC_ASSERT(lines[5]["key"].is_null() != isUtf8(key));
  for (const Json& copy : lines[5]["copies"]) {
    RC_ASSERT(fromHex(copy["value_hex"].get<std::string>()) == value);
    RC_ASSERT(copy["value"].is_null() != isUtf8(value));
  }
}

TEST(InspectorJson, KeysKeepTheirOrder) {
  FakeNodes nodes(4, 3);
  holdAtAll(nodes, "k", "v");
  const std::vector<Json> lines = linesOf(runWords(nodes, {"--json"}).out);
  std::vector<std::string> keys;
  for (const auto& [key, value] : lines[5].items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"v", "type", "key_hex", "key", "u8", "replicas",
                                            "state", "deleted", "newest_ts_us", "copies"}));
}

// ---- the table

RC_GTEST_PROP(InspectorTable, NoKeyOrValueCanMoveTheCursor, ()) {
  FakeNodes nodes(4, 3);
  holdAtAll(nodes, "k" + anyBytes(), anyBytes());
  const InspectorRun run = runWords(nodes, {});
  for (const char c : run.out) RC_ASSERT(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
}

TEST(InspectorTable, ColumnsOfLaterBlocksLineUpWithTheFirst) {
  FakeNodes nodes(4, 3);
  for (int i = 0; i < 450; ++i) holdAtAll(nodes, "key" + std::to_string(1000 + i), "value");
  const InspectorRun run = runWords(nodes, {});
  std::istringstream in(run.out);
  std::string line;
  std::getline(in, line);
  std::getline(in, line);
  const std::size_t column = line.find("copies");
  for (int i = 0; i < 450; ++i) {
    std::getline(in, line);
    ASSERT_EQ(line.find("3/3 ok"), column) << line;
  }
}

TEST(InspectorTable, LongValuesAreShortened) {
  FakeNodes nodes(4, 3);
  holdAtAll(nodes, "k", Bytes(5'000'000, 'x'));
  const InspectorRun run = runWords(nodes, {});
  EXPECT_NE(run.out.find("xxxxxxxxxxxxxxxxxxx…  "), std::string::npos);
  EXPECT_LT(run.out.size(), 1000u);
}

TEST(CellText, AKeyForTheShellIsReadBackByIt) {
  EXPECT_EQ(shellWord("user:7"), "user:7");
  EXPECT_EQ(shellWord("\x89"), "u8:137");
  EXPECT_EQ(shellWord("it's"), "\"x'69742773'\"");
  EXPECT_EQ(shellWord("a b"), "\"x'612062'\"");
  EXPECT_EQ(shellWord("$HOME"), "\"x'24484f4d45'\"");
}

TEST(CellText, CutsBetweenLettersAndNotWithin) {
  std::string letters;
  for (int i = 0; i < 100; ++i) letters += "ü";
  EXPECT_EQ(shortText("a" + letters, 5), "aüüü…");
  EXPECT_EQ(shortText(letters, 5), "üüüü…");
  EXPECT_EQ(shortText("abc", 5), "abc");
  EXPECT_EQ(shortText("\x89", 8), "u8:137");
  EXPECT_EQ(shortText("7", 8), "7");
  EXPECT_EQ(shortText(" ", 8), "u8:32");
  EXPECT_EQ(shortText("", 8), "\"\"");
}

// ---- the seed's lines

TEST(SeedLines, TextIsWrittenAsPythonWritesIt) {
  EXPECT_EQ(pythonText("value0"), "'value0'");
  EXPECT_EQ(pythonText(""), "''");
  EXPECT_EQ(pythonText("it's"), "\"it's\"");
  EXPECT_EQ(pythonText("it's \"it\""), "'it\\'s \"it\"'");
  EXPECT_EQ(pythonText("a\nb\tc\\"), "'a\\nb\\tc\\\\'");
  EXPECT_EQ(pythonText(Bytes("\0\x7f", 2)), "'\\x00\\x7f'");
  EXPECT_EQ(pythonText("grün"), "'grün'");
  EXPECT_EQ(pythonText("\xc2\x85"), "'\\x85'") << "U+0085 is a control character";
  EXPECT_EQ(pythonText("\xff\xfe'"), "b\"\\xff\\xfe'\"");
}

TEST(SeedLines, AreReadPageByPage) {
  FakeNodes nodes(1, 1);
  for (int i = 0; i < 20; ++i) holdAtAll(nodes, Bytes(1, static_cast<char>(i)), "v");
  nodes.at(0).pageMax = 3;
  const InspectorRun run = runWords(nodes, {"--format=seed"});
  EXPECT_EQ(run.exit, 0);
  EXPECT_TRUE(
      run.out.starts_with("{'serverID': 0, 'kvMem': {0: KV(key=0, value='v', time=7), 1: "));
  EXPECT_TRUE(run.out.ends_with("19: KV(key=19, value='v', time=7)}}\n"));
}

TEST(SeedLines, DisagreementEndsWithOneAllTheSame) {
  FakeNodes nodes(4, 3);
  holdAtAll(nodes, "k", "v");
  EXPECT_EQ(runWords(nodes, {"--format=seed"}).exit, exitOk);
  nodes.at(1).held.clear();
  EXPECT_EQ(runWords(nodes, {"--format=seed"}).exit, exitDisagree);
}

// ---- the run

TEST(Inspector, LimitStopsReading) {
  FakeNodes nodes(4, 3);
  for (int i = 0; i < 90; ++i) holdAtAll(nodes, "key" + std::to_string(1000 + i), "value");
  for (FakeNode& node : nodes.all()) node.pageMax = 10;
  const std::vector<Json> lines = linesOf(runWords(nodes, {"--json", "--limit", "15"}).out);
  EXPECT_EQ(lines.back()["keys"], 15);
  EXPECT_EQ(lines.back()["limited"], true);
  EXPECT_EQ(nodes.at(1).pagesAsked, 2) << "no page beyond the limit";
}

TEST(Inspector, ALimitThatIsJustReachedIsNoLimit) {
  FakeNodes nodes(4, 3);
  for (int i = 0; i < 15; ++i) holdAtAll(nodes, "key" + std::to_string(1000 + i), "value");
  EXPECT_EQ(linesOf(runWords(nodes, {"--json", "--limit", "15"}).out).back()["limited"], false);
}

TEST(Inspector, AFullDiskBehindStandardOutputIsAnError) {
  FakeNodes nodes(4, 3);
  std::ostringstream err;
  std::ostream full(nullptr);  // every write fails
  class Clock final : public ports::Clock {
   public:
    MonoTime now() const override { return {}; }
    WallTime wall() const override { return {}; }
  } clock;
  class Dialer final : public SourceDialer {
   public:
    explicit Dialer(FakeNodes& to) : to_(to) {}
    Result<std::unique_ptr<DumpSource>> dial(const Address& a) override { return to_.dial(a); }

   private:
    FakeNodes& to_;
  };
  FakeDirectories directories;
  const Surroundings around{[&](Duration) { return std::make_unique<Dialer>(nodes); },
                            directories,
                            clock,
                            "",
                            "",
                            "",
                            "0",
                            [](Duration) { return true; }};
  EXPECT_EQ(runInspector({}, around, {full, err, false}), exitIo);
  const std::vector<std::string> watch = {"--watch", "1"};
  EXPECT_EQ(runInspector(watch, around, {full, err, false}), exitIo) << "no second round";
}

TEST(Inspector, OneKeyAsksEveryNodeForOneRecordOnly) {
  FakeNodes nodes(4, 3);
  for (int i = 0; i < 90; ++i) holdAtAll(nodes, "key" + std::to_string(1000 + i), "value");
  EXPECT_EQ(runWords(nodes, {"--key", "key1042"}).exit, exitOk);
  for (const FakeNode& node : nodes.all()) {
    EXPECT_EQ(node.pagesAsked, 1);
    EXPECT_EQ(node.largestPageAsked, 1u);
  }
}

TEST(Inspector, OneKeyOfAHashedRingIsFoundByItsPlace) {
  FakeNodes nodes(4, 3, Partitioner::hash);
  for (int i = 0; i < 90; ++i) holdAtAll(nodes, "key" + std::to_string(1000 + i), "value");
  for (int i = 0; i < 90; ++i) {
    const std::string key = "key" + std::to_string(1000 + i);
    const Json line = linesOf(runWords(nodes, {"--json", "--key", key}).out)[5];
    EXPECT_EQ(line["key"], key);
    EXPECT_EQ(line["state"], "ok");
  }
}

// Whatever a range begins and ends with: what is shown is what lies in it.
RC_GTEST_PROP(Inspector, ARangeShowsWhatLiesInIt, ()) {
  FakeNodes nodes(3, 3);
  std::map<Bytes, bool> held;
  for (int i = *rc::gen::inRange(0, 40); i > 0; --i) {
    const Bytes key = "k" + *rc::gen::container<std::string>(rc::gen::element('a', 'b', '\xff'));
    holdAtAll(nodes, key, "v");
    held[key] = true;
  }
  for (FakeNode& node : nodes.all()) node.pageMax = *rc::gen::inRange<std::size_t>(1, 5);
  const Bytes from = "k" + *rc::gen::container<std::string>(rc::gen::element('a', 'b', '\xff'));
  const Bytes to = from + *rc::gen::container<std::string>(rc::gen::element('a', 'b', '\xff'));
  const auto word = [](const Bytes& key) { return "x'" + toHex(key) + "'"; };
  const InspectorRun run = runWords(nodes, {"--json", "--from", word(from), "--to", word(to)});
  if (to == from) {
    RC_ASSERT(run.exit == exitUsage);
    return;
  }
  std::vector<Bytes> shown;
  for (const Json& line : linesOf(run.out)) {
    if (line["type"] == "key") shown.push_back(*fromHex(line["key_hex"].get<std::string>()));
  }
  std::vector<Bytes> expected;
  for (auto at = held.lower_bound(from); at != held.lower_bound(to); ++at) {
    expected.push_back(at->first);
  }
  RC_ASSERT(shown == expected);
}

// Pages of --limit, each begun where the last said to go on, are the whole.
TEST(Inspector, PagesByLimitGiveEveryKeyOnce) {
  FakeNodes nodes(4, 3);
  for (int i = 0; i < 256; ++i) holdAtAll(nodes, Bytes(1 + i % 3, static_cast<char>(i)), "v");
  const std::size_t all = linesOf(runWords(nodes, {"--json"}).out).back()["keys"];
  std::vector<std::string> words = {"--json", "--limit", "7"};
  std::size_t keys = 0;
  for (int page = 0; page < 100; ++page) {
    const Json summary = linesOf(runWords(nodes, words).out).back();
    keys += summary["keys"].get<std::size_t>();
    if (!summary["limited"].get<bool>()) break;
    words = {"--json", "--limit", "7", "--from",
             "x'" + summary["go_on_hex"].get<std::string>() + "'"};
  }
  EXPECT_EQ(keys, all);
}

// ---- watching

TEST(InspectorWatch, ReadsAnewUntilNothingMoreIsWanted) {
  FakeNodes nodes(4, 3);
  int pauses = 0;
  InspectorStage stage;
  stage.pause = [&] {
    holdAtAll(nodes, "key" + std::to_string(++pauses), "v");
    return pauses < 3;
  };
  const InspectorRun run = runWords(nodes, {"--json", "--watch", "0.5"}, stage);
  EXPECT_EQ(run.exit, exitInterrupted);
  std::vector<int> keys;
  for (const Json& line : linesOf(run.out)) {
    if (line["type"] == "summary") keys.push_back(line["keys"]);
  }
  EXPECT_EQ(keys, (std::vector{0, 1, 2}));
}

TEST(InspectorWatch, NodesThatAreAwayAreAskedAgain) {
  FakeNodes nodes(4, 3);
  for (FakeNode& node : nodes.all()) node.answers = false;
  int pauses = 0;
  InspectorStage stage;
  stage.pause = [&] {
    for (FakeNode& node : nodes.all()) node.answers = true;
    return ++pauses < 2;
  };
  const InspectorRun run = runWords(nodes, {"--watch", "1"}, stage);
  EXPECT_NE(run.err.find("no node answered"), std::string::npos);
  EXPECT_NE(run.out.find("4 of 4 nodes answered"), std::string::npos);
}

}  // namespace

}  // namespace henge::inspector::testing

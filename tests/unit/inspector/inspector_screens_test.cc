// Every screen of the inspector, as a person reads it: tests/golden/inspector_*.txt.
//
// Lines of standard error begin with "! ", an empty line is shown as ~, an escape as \e.
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <sstream>
#include <utility>

#include "core/key_text.h"
#include "tests/golden/script_runner.h"
#include "tests/unit/inspector/inspector_run.h"

namespace henge::inspector::testing {

namespace {

std::string visible(const std::string& line) {
  std::string out;
  for (const char c : line) out += c == '\x1b' ? std::string("\\e") : std::string(1, c);
  return out;
}

std::string marked(const std::string& text, const std::string& mark) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    out += mark + (line.empty() ? "~" : visible(line)) + "\n";
  }
  return out;
}

class Script {
 public:
  std::string answer(const golden::Command& command) {
    if (command.name() == "cluster") return makeCluster(command);
    if (command.name() == "node") return setNode(command);
    if (command.name() == "hold") return hold(command);
    if (command.name() == "inspect") return inspect(command);
    return "unknown command " + command.name();
  }

 private:
  std::string makeCluster(const golden::Command& command) {
    const bool hash = command.text("partitioner") == "hash";
    nodes_ = std::make_unique<FakeNodes>(4, 3, hash ? Partitioner::hash : Partitioner::bytes);
    return "";
  }

  std::string setNode(const golden::Command& command) {
    FakeNode& node = nodes_->at(static_cast<std::uint32_t>(command.number("id")));
    node.answers = command.text("answers", "yes") == "yes";
    node.failAtPage = static_cast<int>(command.number("fails_at_page", -1));
    node.pageMax = static_cast<std::size_t>(command.number("page", 1000));
    if (command.has("claims"))
      node.claims = NodeId{static_cast<std::uint32_t>(command.number("claims"))};
    if (command.has("cluster"))
      node.cluster = ClusterId{static_cast<std::uint64_t>(command.number("cluster"))};
    if (!command.lines.empty()) node.cause = command.lines.front();
    return "";
  }

  // hold on=(0,1,2) key=u8:0 at=306646329 by=1 – its line is the value; without one it is deleted
  std::string hold(const golden::Command& command) {
    Record record;
    record.key = *parseKeyText(command.text("key"));
    record.version = {1'795'236'000'000'000 + command.number("at"),
                      FakeNodes::writerBase + static_cast<std::uint64_t>(command.number("by"))};
    record.kind = command.lines.empty() ? RecordKind::tombstone : RecordKind::value;
    if (!command.lines.empty()) record.value = *parseKeyText(command.lines.front());
    const std::vector<NodeId> on = command.nodes("on");
    const auto happen = [this, record, on] {
      for (const NodeId node : on) nodes_->hold(node.value, record);
    };
    if (command.text("when") == "later") {
      later_ = happen;
    } else {
      happen();
    }
    return "";
  }

  // inspect terminal=yes lines=24 rounds=1; what is held "later" is between the first and the
  // second
  std::string inspect(const golden::Command& command) {
    InspectorStage stage;
    stage.terminal = command.text("terminal") == "yes";
    stage.lines = static_cast<int>(command.number("lines", 24));
    stage.pause = [this, left = command.number("rounds", 1)]() mutable {
      if (later_) std::exchange(later_, nullptr)();
      return --left > 0;
    };
    std::istringstream line(command.lines.empty() ? "" : command.lines.front());
    std::vector<std::string> words;
    for (std::string word; line >> word;) words.push_back(word);
    const InspectorRun run = runWords(*nodes_, words, stage);
    return marked(run.out, "") + marked(run.err, "! ") + "exit " + std::to_string(run.exit) + "\n";
  }

  std::unique_ptr<FakeNodes> nodes_ = std::make_unique<FakeNodes>(4, 3);
  std::function<void()> later_;
};

class InspectorScreens : public ::testing::TestWithParam<const char*> {};

TEST_P(InspectorScreens, ReadAsInTheirFile) {
  Script script;
  golden::runScript(GetParam(),
                    [&](const golden::Command& command) { return script.answer(command); });
}

INSTANTIATE_TEST_SUITE_P(Files, InspectorScreens,
                         ::testing::Values("inspector_table.txt", "inspector_lines.txt",
                                           "inspector_nodes.txt", "inspector_words.txt",
                                           "inspector_choice.txt", "inspector_watch.txt"),
                         [](const auto& file) {
                           const std::string name = file.param;
                           return name.substr(10, name.size() - 14);
                         });

}  // namespace

}  // namespace henge::inspector::testing

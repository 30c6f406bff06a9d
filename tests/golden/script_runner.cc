#include "tests/golden/script_runner.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string_view>

namespace henge::golden {

namespace {

constexpr std::string_view separator = "----";

// What stands in the file, so that it can be written again: comments and blank lines are kept.
struct Block {
  std::vector<std::string> preface;
  std::vector<std::string> question;
  std::string expected;
  std::size_t lineNumber = 0;
};

std::vector<std::string> readLines(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<Block> blocksOf(const std::vector<std::string>& lines) {
  std::vector<Block> blocks;
  std::size_t at = 0;
  auto isPreface = [&] { return lines[at].empty() || lines[at][0] == '#'; };
  while (at < lines.size()) {
    Block block;
    while (at < lines.size() && isPreface()) block.preface.push_back(lines[at++]);
    block.lineNumber = at + 1;
    while (at < lines.size() && lines[at] != separator) block.question.push_back(lines[at++]);
    ++at;  // the separator
    while (at < lines.size() && !lines[at].empty()) block.expected += lines[at++] + "\n";
    blocks.push_back(block);
  }
  return blocks;
}

std::string ended(std::string output) {
  if (!output.empty() && output.back() != '\n') output += '\n';
  return output;
}

std::string answerOf(const Block& block, const std::function<std::string(const Command&)>& answer) {
  Command command(block.question.front());
  command.lines.assign(block.question.begin() + 1, block.question.end());
  std::string output = ended(answer(command));
  EXPECT_EQ(output.find("\n\n"), std::string::npos) << "a blank line would end the output early";
  EXPECT_EQ(command.unused(), std::vector<std::string>{}) << "arguments that mean nothing";
  return output;
}

void write(const std::string& path, const std::vector<Block>& blocks) {
  std::ofstream out(path);
  for (const Block& block : blocks) {
    for (const std::string& line : block.preface) out << line << '\n';
    for (const std::string& line : block.question) out << line << '\n';
    if (!block.question.empty()) out << separator << '\n' << block.expected;
  }
}

}  // namespace

Command::Command(const std::string& line) {
  std::istringstream words(line);
  words >> name_;
  for (std::string word; words >> word;) {
    std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      words_.push_back(word);
    } else {
      arguments_[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }
}

std::vector<std::string> Command::words() const {
  used_.insert(words_.begin(), words_.end());
  return words_;
}

bool Command::has(const std::string& argument) const {
  used_.insert(argument);
  return arguments_.count(argument) != 0;
}

std::string Command::text(const std::string& argument, const std::string& otherwise) const {
  return has(argument) ? arguments_.at(argument) : otherwise;
}

std::int64_t Command::number(const std::string& argument, std::int64_t otherwise) const {
  return has(argument) ? std::stoll(arguments_.at(argument)) : otherwise;
}

std::vector<NodeId> Command::nodes(const std::string& argument) const {
  std::string list = text(argument, "()");
  EXPECT_TRUE(list.size() >= 2 && list.front() == '(' && list.back() == ')') << list;
  std::istringstream numbers(list.substr(1, list.size() - 2));
  std::vector<NodeId> nodes;
  for (std::string number; std::getline(numbers, number, ',');) {
    nodes.push_back({static_cast<std::uint32_t>(std::stoul(number))});
  }
  return nodes;
}

std::vector<std::string> Command::unused() const {
  std::vector<std::string> unused;
  for (const std::string& word : words_) {
    if (!used_.count(word)) unused.push_back(word);
  }
  for (const auto& [argument, value] : arguments_) {
    if (!used_.count(argument)) unused.push_back(argument);
  }
  return unused;
}

std::string listOf(const std::vector<NodeId>& nodes) {
  std::string list = "(";
  for (NodeId node : nodes) list += (list.size() > 1 ? "," : "") + std::to_string(node.value);
  return list + ")";
}

void runScript(const std::string& file, const std::function<std::string(const Command&)>& answer) {
  std::string path = std::string(HENGE_SOURCE_DIR) + "/tests/golden/" + file;
  std::vector<Block> blocks = blocksOf(readLines(path));
  ASSERT_FALSE(blocks.empty()) << path << " has no blocks";
  const char* rewrite = std::getenv("HENGE_REWRITE");
  bool isRewrite = rewrite != nullptr && std::string_view(rewrite) == "1";
  for (Block& block : blocks) {
    if (block.question.empty()) continue;  // comments at the end
    SCOPED_TRACE(file + ":" + std::to_string(block.lineNumber) + ": " + block.question.front());
    std::string output = answerOf(block, answer);
    if (!isRewrite) {
      EXPECT_EQ(output, block.expected);
    }
    block.expected = output;
  }
  if (isRewrite) write(path, blocks);
}

}  // namespace henge::golden

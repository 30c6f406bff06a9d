// Golden scripts: what a person judges by reading, kept as text (after etcd/raft's "datadriven").
//
// A file is a list of blocks, parted by blank lines; lines that begin with # are comments:
//
//   command word name=value name=(1,2,3)
//   an input line, as many as the command takes
//   ----
//   what the command prints
//
// With HENGE_REWRITE=1 in the environment the outputs are written into the file instead of
// compared: read the difference before you commit it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/ids.h"

namespace henge::golden {

// One block's question. An argument nobody asked for fails the test: it is a typing error.
class Command {
 public:
  explicit Command(const std::string& line);

  const std::string& name() const { return name_; }
  std::vector<std::string> words() const;  // arguments without "="
  bool has(const std::string& argument) const;
  std::string text(const std::string& argument, const std::string& otherwise = "") const;
  std::int64_t number(const std::string& argument, std::int64_t otherwise = 0) const;
  std::vector<NodeId> nodes(const std::string& argument) const;  // "(1,2)" or "()"

  std::vector<std::string> lines;  // the input lines under it

  std::vector<std::string> unused() const;

 private:
  std::string name_;
  std::vector<std::string> words_;
  std::map<std::string, std::string> arguments_;
  mutable std::set<std::string> used_;
};

std::string listOf(const std::vector<NodeId>& nodes);  // "(1,2)"

// Runs tests/golden/<file>; the interpreter gives a command's output, lines without blank ones.
void runScript(const std::string& file, const std::function<std::string(const Command&)>& answer);

}  // namespace henge::golden

// The source tree as the rules see it: every text file, and which layer a folder is of.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace henge::tidy {

struct SourceFile {
  std::string path;    // rooted at the repository: "core/ring.h"
  std::string folder;  // "core", "server/storage", "tests/unit/core"
  std::string text;
  std::string code;  // of C++ files: codeOnly(text)

  bool isHeader() const { return path.ends_with(".h"); }
  bool isCpp() const { return isHeader() || path.ends_with(".cc"); }
  bool isPython() const { return path.ends_with(".py"); }
  bool isShell() const { return text.starts_with("#!/usr/bin/env bash"); }
};

// Every text file of the repository but those below build/, run/ and .git/, ascending by path.
// Read once.
const std::vector<SourceFile>& sourceTree();

// Layer of the folder that `path` lies in; nothing for what is no part of the product.
std::optional<int> layerOf(const std::string& path);

// The folder of the layer table: "server/storage" for "server/storage/table.h".
std::string unitOf(const std::string& path);

// tests/tidy/limits.txt: `name number` and `untested path`, # comments.
struct Limits {
  std::map<std::string, int> numbers;
  std::set<std::string> untested;

  int operator[](const std::string& name) const;
};
const Limits& limits();

}  // namespace henge::tidy

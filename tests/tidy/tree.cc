#include "tests/tidy/tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/tidy/scan.h"

namespace henge::tidy {

namespace {

namespace fs = std::filesystem;

const std::map<std::string, int>& layers() {
  static const std::map<std::string, int> table = {{"core", 0},
                                                   {"server/ports", 1},
                                                   {"server/coordinator", 2},
                                                   {"server/replica", 2},
                                                   {"server/membership", 2},
                                                   {"server/handoff", 2},
                                                   {"server/storage", 2},
                                                   {"server/handoff", 2},
                                                   {"server/repair", 2},
                                                   {"wire", 3},
                                                   {"server/runtime", 3},
                                                   {"server/engine", 3},
                                                   {"server/node", 4},
                                                   {"client/library", 4},
                                                   {"client/bench", 5},
                                                   {"server/app", 6},
                                                   {"client", 6},
                                                   {"inspector", 6}};
  return table;
}

bool isSkipped(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name == "build" || name == "run" || name == "__pycache__" ||
         (name.starts_with(".") && name != ".ci");
}

bool isText(const fs::path& path) {
  static const std::set<std::string> endings = {
      ".h", ".cc", ".py", ".sh", ".md", ".txt", ".thrift", ".cmake", ".json", ".supp", ""};
  return endings.contains(path.extension().string());
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<SourceFile> readTree(const fs::path& root) {
  std::vector<SourceFile> files;
  for (fs::recursive_directory_iterator at(root), end; at != end; ++at) {
    if (at->is_directory()) {
      if (isSkipped(at->path())) at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file() || !isText(at->path())) continue;
    SourceFile file;
    file.path = at->path().lexically_relative(root).generic_string();
    file.folder = fs::path(file.path).parent_path().generic_string();
    file.text = read(at->path());
    if (file.isCpp()) file.code = codeOnly(file.text);
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace

const std::vector<SourceFile>& sourceTree() {
  static const std::vector<SourceFile> files = readTree(HENGE_SOURCE_DIR);
  return files;
}

std::string unitOf(const std::string& path) {
  std::string unit;  // the deepest: "client/library" lies in "client"
  for (const auto& [folder, layer] : layers()) {
    if (path.starts_with(folder + "/") && folder.size() > unit.size()) unit = folder;
  }
  return unit.empty() ? fs::path(path).parent_path().generic_string() : unit;
}

std::optional<int> layerOf(const std::string& path) {
  const auto found = layers().find(unitOf(path));
  if (found == layers().end()) return std::nullopt;
  return found->second;
}

int Limits::operator[](const std::string& name) const {
  const auto found = numbers.find(name);
  if (found == numbers.end()) throw std::out_of_range("tests/tidy/limits.txt lacks " + name);
  return found->second;
}

const Limits& limits() {
  static const Limits parsed = [] {
    Limits limits;
    for (const std::string& line :
         linesOf(read(fs::path(HENGE_SOURCE_DIR) / "tests/tidy/limits.txt"))) {
      std::istringstream words(line.substr(0, line.find('#')));
      std::string name, value;
      if (!(words >> name >> value)) continue;
      if (name == "untested") {
        limits.untested.insert(value);
      } else {
        limits.numbers[name] = std::stoi(value);
      }
    }
    return limits;
  }();
  return parsed;
}

}  // namespace henge::tidy

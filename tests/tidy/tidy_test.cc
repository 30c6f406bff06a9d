// The rules of the house, read off the tree itself. docs/style.md explains them; limits.txt holds
// the numbers.
#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <regex>

#include "tests/tidy/scan.h"
#include "tests/tidy/tree.h"

namespace henge::tidy {
namespace {

std::string at(const SourceFile& file, int line) { return file.path + ":" + std::to_string(line); }

bool isProduct(const SourceFile& file) { return file.isCpp() && layerOf(file.path).has_value(); }
bool isPure(const SourceFile& file) { return isProduct(file) && *layerOf(file.path) <= 2; }

// Fails once for every line of the code that matches.
void banInCode(const SourceFile& file, const std::regex& word, const std::string& why) {
  int number = 0;
  for (const std::string& line : linesOf(file.code)) {
    ++number;
    if (std::regex_search(line, word)) ADD_FAILURE() << at(file, number) << ": " << why;
  }
}

void banInText(const SourceFile& file, const std::regex& word, const std::string& why) {
  int number = 0;
  for (const std::string& line : linesOf(file.text)) {
    ++number;
    if (std::regex_search(line, word)) ADD_FAILURE() << at(file, number) << ": " << why;
  }
}

TEST(Tree, IsThere) {
  const auto& tree = sourceTree();
  EXPECT_GT(std::count_if(tree.begin(), tree.end(), isProduct), 20);
}

TEST(Tree, AFolderInAFolderIsAUnitOfItsOwn) {
  EXPECT_EQ(unitOf("client/console.h"), "client");
  EXPECT_EQ(unitOf("client/library/client.h"), "client/library");
  EXPECT_LT(*layerOf("client/library/client.h"), *layerOf("client/bench/bench.h"));
  EXPECT_LT(*layerOf("client/bench/bench.h"), *layerOf("client/main.cc"));
}

// --- what may include what -----------------------------------------------------------------------

TEST(Includes, OnlyLowerLayersOrTheOwnFolder) {
  for (const SourceFile& file : sourceTree()) {
    if (!isProduct(file)) continue;
    for (const Include& include : includesOf(file.text)) {
      const auto theirs = layerOf(include.path);
      if (!include.quoted || !theirs) continue;
      if (unitOf(include.path) == unitOf(file.path)) continue;
      EXPECT_LT(*theirs, *layerOf(file.path))
          << at(file, include.line) << " includes " << include.path
          << ": only lower layers or the own folder (docs/architecture.md)";
    }
  }
}

TEST(Includes, ProductNeverIncludesTests) {
  for (const SourceFile& file : sourceTree()) {
    if (!isProduct(file)) continue;
    for (const Include& include : includesOf(file.text)) {
      EXPECT_FALSE(include.path.starts_with("tests/") || include.path.starts_with("gtest") ||
                   include.path.starts_with("gmock"))
          << at(file, include.line);
    }
  }
}

struct Fence {
  std::regex header;
  std::vector<std::string> folders;
  std::string what;
};

const std::vector<Fence>& fences() {
  static const std::vector<Fence> all = {
      {std::regex(R"(^thrift/|_types\.h$|(Store|Replica|Admin)\.h$)"), {"wire"}, "Thrift"},
      {std::regex(R"(^boost/asio)"), {"server/runtime"}, "Asio"},
      {std::regex(R"(^rocksdb/)"), {"server/engine"}, "RocksDB"},
      {std::regex(R"(^glog/|^gflags/)"), {"server/app"}, "glog and gflags"},
      {std::regex(R"(^nlohmann/)"), {"server/app", "client/bench", "client", "inspector"}, "JSON"}};
  return all;
}

TEST(Includes, ForeignLibrariesStayBehindTheirFences) {
  for (const SourceFile& file : sourceTree()) {
    if (!isProduct(file)) continue;
    for (const Include& include : includesOf(file.text)) {
      for (const Fence& fence : fences()) {
        if (!std::regex_search(include.path, fence.header)) continue;
        const auto& homes = fence.folders;
        EXPECT_NE(std::find(homes.begin(), homes.end(), unitOf(file.path)), homes.end())
            << at(file, include.line) << " includes " << include.path << ": " << fence.what
            << " belongs elsewhere";
      }
      EXPECT_TRUE(!include.path.starts_with("xxhash") || file.path == "core/bytes.cc") << file.path;
      EXPECT_TRUE(!include.path.starts_with("zstd") || file.path == "core/compression.cc")
          << file.path;
    }
  }
}

TEST(Includes, JsonIsCompiledOnceAProgram) {
  std::map<std::string, int> users;
  for (const SourceFile& file : sourceTree()) {
    if (!isProduct(file)) continue;
    for (const Include& include : includesOf(file.text)) {
      if (!include.path.starts_with("nlohmann/")) continue;
      EXPECT_FALSE(file.isHeader()) << at(file, include.line) << ": slow to compile; only in a .cc";
      EXPECT_EQ(++users[unitOf(file.path)], 1) << file.path << " is the second in its folder";
    }
  }
}

TEST(Includes, CoreKnowsTheStandardLibraryOnly) {
  for (const SourceFile& file : sourceTree()) {
    if (!isPure(file)) continue;
    for (const Include& include : includesOf(file.text)) {
      if (include.quoted || file.path == "core/bytes.cc" || file.path == "core/compression.cc")
        continue;
      EXPECT_EQ(include.path.find_first_of("/."), std::string::npos)
          << at(file, include.line) << " includes <" << include.path << ">";
    }
  }
}

// --- layers 0 to 2: time, chance, threads and the outside come in by ports -----------------------

TEST(Pure, NoClockThreadLockChanceOrOutside) {
  const std::regex word(
      R"(\b(system_clock|steady_clock|high_resolution_clock|clock_gettime|gettimeofday)\b)"
      R"(|\bstd::(jthread|thread|this_thread|async|future|promise|condition_variable\w*)\b)"
      R"(|\b\w*mutex\b|\bstd::(lock_guard|unique_lock|scoped_lock|atomic\w*|call_once)\b)"
      R"(|\b(random_device|mt19937\w*|srand|rand|getenv|secure_getenv|usleep|nanosleep|sleep)\b)"
      R"(|(^|[^\w.>:])time\s*\(\s*(nullptr|NULL|0|&|\))|\bthread_local\b)"
      R"(|\bstd::(cout|cerr|clog|ifstream|ofstream|fstream|filesystem)\b)"
      R"(|\b(printf|fopen|abort)\s*\()");
  for (const SourceFile& file : sourceTree()) {
    if (isPure(file)) banInCode(file, word, "layers 0 to 2 get this by a port (docs/style.md)");
  }
}

TEST(Pure, NoIncludeOfTheOutside) {
  const std::set<std::string> banned = {"thread",
                                        "mutex",
                                        "shared_mutex",
                                        "atomic",
                                        "future",
                                        "random",
                                        "fstream",
                                        "iostream",
                                        "filesystem",
                                        "chrono",
                                        "condition_variable",
                                        "ctime",
                                        "semaphore"};
  for (const SourceFile& file : sourceTree()) {
    if (!isPure(file)) continue;
    for (const Include& include : includesOf(file.text)) {
      EXPECT_FALSE(banned.contains(include.path)) << at(file, include.line) << ": " << include.path;
    }
  }
}

// Their order differs from run to run, and with it everything that follows from it.
TEST(Pure, NoIterationOfUnorderedContainers) {
  std::map<std::string, std::vector<std::string>> names;  // by path without its ending
  const auto stem = [](const SourceFile& file) {
    return file.path.substr(0, file.path.rfind('.'));
  };
  for (const SourceFile& file : sourceTree()) {
    if (!isPure(file)) continue;
    for (const std::string& name : unorderedNames(file.code)) names[stem(file)].push_back(name);
  }
  for (const SourceFile& file : sourceTree()) {
    if (!isPure(file)) continue;
    for (const int line : linesThatIterate(file.code, names[stem(file)])) {
      ADD_FAILURE() << at(file, line) << ": the order of an unordered container is chance";
    }
  }
}

// --- sizes ---------------------------------------------------------------------------------------

int quantile(std::vector<int> lengths, double part) {
  if (lengths.empty()) return 0;
  std::sort(lengths.begin(), lengths.end());
  return lengths[static_cast<std::size_t>(static_cast<double>(lengths.size() - 1) * part)];
}

int lengthOf(const SourceFile& file) { return static_cast<int>(linesOf(file.text).size()); }

TEST(Sizes, OfFiles) {
  std::vector<int> lengths;
  for (const SourceFile& file : sourceTree()) {
    if (!file.isCpp() && !file.isPython() && !file.isShell()) continue;
    lengths.push_back(lengthOf(file));
    EXPECT_LE(lengthOf(file), limits()["fileLinesMax"]) << file.path;
  }
  EXPECT_LE(quantile(lengths, 0.9), limits()["fileLinesP90"]);
  EXPECT_LE(quantile(lengths, 0.5), limits()["fileLinesMedian"]);
}

TEST(Sizes, OfFunctions) {
  std::vector<int> lengths;
  for (const SourceFile& file : sourceTree()) {
    for (const FunctionSpan& span : functionsOf(file.code)) {
      lengths.push_back(span.lines);
      EXPECT_LE(span.lines, limits()["functionLinesMax"])
          << at(file, span.firstLine) << " " << span.head;
    }
  }
  EXPECT_LE(quantile(lengths, 0.9), limits()["functionLinesP90"]);
}

TEST(Sizes, OfLines) {
  for (const SourceFile& file : sourceTree()) {
    if (!file.isCpp() && !file.isPython() && !file.isShell()) continue;
    int number = 0;
    for (const std::string& line : linesOf(file.text)) {
      ++number;
      EXPECT_LE(columnsOf(line), limits()["columnsMax"]) << at(file, number);
    }
  }
}

// The numbers themselves may not creep up: these are the ones the house was built with.
TEST(Sizes, LimitsAreNeverRaised) {
  const std::map<std::string, int> first = {{"fileLinesMax", 500},    {"fileLinesP90", 350},
                                            {"fileLinesMedian", 120}, {"functionLinesMax", 60},
                                            {"functionLinesP90", 25}, {"columnsMax", 100},
                                            {"commentedOutLines", 0}};
  for (const auto& [name, number] : first) EXPECT_LE(limits()[name], number) << name;
  EXPECT_EQ(limits().numbers.size(), first.size());
}

// --- words ---------------------------------------------------------------------------------------

TEST(Words, NoCommentedOutCode) {
  int lines = 0;
  std::string places;
  for (const SourceFile& file : sourceTree()) {
    if (!file.isCpp()) continue;
    for (const CommentLine& comment : commentLines(file.text)) {
      if (!looksLikeCode(comment.text)) continue;
      ++lines;
      places += "\n  " + at(file, comment.line) + ": " + comment.text;
    }
  }
  EXPECT_LE(lines, limits()["commentedOutLines"]) << places;
}

// Written in halves, else this file would find itself.
TEST(Words, NoPromises) {
  const std::regex word(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X|HA"
      "CK)\\b");
  for (const SourceFile& file : sourceTree()) banInText(file, word, "do it, or write an issue");
}

TEST(Words, NoPathsOfOneMachine) {
  const std::regex path(
      "(^|[^\\w./-])/(ho"
      "me|ro"
      "ot|wo"
      "rk|Us"
      "ers)/");
  for (const SourceFile& file : sourceTree()) banInText(file, path, "a path of one machine");
}

TEST(Words, NoNamesThatSayNothing) {
  const std::string vague =
      "(Man"
      "ager|Hel"
      "per|Ut"
      "il|Mi"
      "sc|Com"
      "mon)";
  const std::regex type("\\b(class|struct|enum|union|namespace)\\s+(\\w+\\s+)?\\w*" + vague +
                        "\\w*");
  const std::regex file("(^|[/_])" + vague + "s?([/_.]|$)", std::regex::icase);
  for (const SourceFile& source : sourceTree()) {
    banInCode(source, type, "a name that says nothing; name what it is");
    EXPECT_FALSE(std::regex_search(source.path, file)) << source.path;
  }
}

// --- files ---------------------------------------------------------------------------------------

TEST(Files, HeadersAreReadOnce) {
  for (const SourceFile& file : sourceTree()) {
    if (!file.isHeader()) continue;
    EXPECT_NE(file.text.find("#pragma once\n"), std::string::npos) << file.path;
  }
}

TEST(Files, ScriptsStopAtTheFirstError) {
  for (const SourceFile& file : sourceTree()) {
    if (!file.isShell() && !file.path.ends_with(".sh")) continue;
    EXPECT_NE(file.text.find("\nset -euo pipefail\n"), std::string::npos) << file.path;
  }
}

TEST(Files, QuotedIncludesOfTheTreeExist) {
  std::set<std::string> paths;
  for (const SourceFile& file : sourceTree()) paths.insert(file.path);
  for (const SourceFile& file : sourceTree()) {
    if (!file.isCpp()) continue;
    for (const Include& include : includesOf(file.text)) {
      if (!include.quoted || !layerOf(include.path)) continue;
      EXPECT_TRUE(paths.contains(include.path)) << at(file, include.line) << ": " << include.path;
    }
  }
}

// --- mirrors -------------------------------------------------------------------------------------

// Every product source of layers 0 to 3 with a header of its name has a test that includes it.
TEST(Mirrors, EverySourceHasATest) {
  std::set<std::string> paths, tested;
  for (const SourceFile& file : sourceTree()) {
    paths.insert(file.path);
    if (!file.path.starts_with("tests/") || !file.isCpp()) continue;
    for (const Include& include : includesOf(file.text)) tested.insert(include.path);
  }
  std::set<std::string> untested;
  for (const std::string& path : paths) {
    if (!path.ends_with(".cc") || layerOf(path).value_or(4) > 3) continue;
    const std::string header = path.substr(0, path.size() - 2) + "h";
    if (paths.contains(header) && !tested.contains(header)) untested.insert(path);
  }
  for (const std::string& path : untested) {
    EXPECT_TRUE(limits().untested.contains(path)) << path << ": no test includes its header";
  }
  for (const std::string& path : limits().untested) {
    EXPECT_TRUE(untested.contains(path)) << path << ": is tested now; take it off limits.txt";
  }
}

}  // namespace
}  // namespace henge::tidy

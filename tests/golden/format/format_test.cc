// What was written once is read for ever: tests/golden/format/*.txt (docs/format/README.md).
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>

#include "tests/golden/format/decoded_text.h"
#include "tests/golden/format/golden_cases.h"
#include "tests/golden/format/golden_file.h"

namespace henge::golden {
namespace {

namespace fs = std::filesystem;

const fs::path source = HENGE_SOURCE_DIR;
const fs::path folder = source / "tests/golden/format";

std::string kindOf(const std::string& name) { return name.substr(0, name.find('_')); }

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// All that is there, also what this version would no longer write.
std::map<std::string, GoldenFile> goldenFiles() {
  std::map<std::string, GoldenFile> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().stem();
    if (entry.path().extension() == ".txt" && name != "CMakeLists")
      files[name] = parseGoldenFile(name, contents(entry.path()));
  }
  return files;
}

// The fuzz target that takes these bytes as they are.
fs::path seedOf(const std::string& name) {
  static const std::map<std::string, std::string> targets = {
      {"row", "row"},       {"entries", "entries"}, {"header", "segment"},   {"segment", "segment"},
      {"applied", "store"}, {"fence", "store"},     {"hint", "store"},       {"mark", "store"},
      {"clock", "clock"},   {"peers", "peers"},     {"identity", "identity"}};
  const fs::path corpus = source / "tests/fuzz/corpus" / targets.at(kindOf(name));
  return corpus / ("golden_" + name + ".bin");
}

// Only when a person asks for it, and only what is not there yet: what has been written once stays.
TEST(Format, OneOfEachKindIsThere) {
  const bool rewrite = std::getenv("HENGE_REWRITE") != nullptr;
  const auto files = goldenFiles();
  for (const GoldenCase& made : goldenCases()) {
    if (files.contains(made.name)) continue;
    EXPECT_TRUE(rewrite) << made.name << ".txt is missing: write it with HENGE_REWRITE=1";
    if (!rewrite) continue;
    const GoldenFile file{made.comment, decodedText(kindOf(made.name), made.bytes), made.bytes};
    std::ofstream(folder / (made.name + ".txt"), std::ios::binary) << print(file);
  }
  EXPECT_GE(goldenFiles().size(), goldenCases().size());
}

TEST(Format, EveryFileMeansWhatItMeantWhenItWasWritten) {
  for (const auto& [name, file] : goldenFiles())
    EXPECT_EQ(decodedText(kindOf(name), file.bytes), file.meaning) << name;
}

TEST(Format, WhatCanBeReadIsWrittenAgainAsItWas) {
  int read = 0;
  for (const auto& [name, file] : goldenFiles()) {
    if (file.meaning.starts_with("refused:")) continue;
    EXPECT_EQ(toHex(encodedAgain(kindOf(name), file.bytes)), toHex(file.bytes)) << name;
    ++read;
  }
  EXPECT_GE(read, 20);
}

TEST(Format, ThisVersionWritesTheSameBytes) {
  const auto files = goldenFiles();
  for (const GoldenCase& made : goldenCases()) {
    ASSERT_TRUE(files.contains(made.name)) << made.name;
    if (!made.reproducible) continue;
    EXPECT_EQ(hexDump(made.bytes), hexDump(files.at(made.name).bytes)) << made.name;
  }
}

TEST(Format, ADumpComesBackAsItWas) {
  for (const Bytes& bytes : {Bytes(), Bytes("x"), Bytes(32, 'x'), Bytes(100, '\0'),
                             Bytes(64, 'a') + Bytes(70, 'b') + Bytes(5, 'c')}) {
    const GoldenFile file{"comment", "meaning\n", bytes};
    const GoldenFile back = parseGoldenFile("dump", print(file));
    EXPECT_EQ(back.bytes, bytes) << print(file);
    EXPECT_EQ(back.comment, file.comment);
    EXPECT_EQ(back.meaning, file.meaning);
  }
}

TEST(Format, EveryFileIsASeedOfAFuzzTarget) {
  const bool rewrite = std::getenv("HENGE_REWRITE") != nullptr;
  for (const auto& [name, file] : goldenFiles()) {
    const fs::path seed = seedOf(name);
    if (rewrite) {
      fs::create_directories(seed.parent_path());
      std::ofstream(seed, std::ios::binary) << file.bytes;
    }
    EXPECT_EQ(toHex(contents(seed)), toHex(file.bytes)) << seed;
  }
}

}  // namespace
}  // namespace henge::golden

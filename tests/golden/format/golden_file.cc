#include "tests/golden/format/golden_file.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <sstream>

namespace henge::golden {

namespace {

constexpr std::size_t lineBytes = 32;
constexpr std::size_t groupBytes = 8;
constexpr const char* rule = "----\n";

std::string offsetText(std::size_t offset) {
  Bytes bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(offset >> shift));
  return toHex(bytes);
}

std::string hexLine(std::size_t offset, BytesView bytes) {
  std::string line = offsetText(offset) + " ";
  for (std::size_t at = 0; at < bytes.size(); at += groupBytes)
    line += " " + toHex(bytes.substr(at, groupBytes));
  return line + "\n";
}

// Up to `offset`, with what the line before said.
void repeat(Bytes& out, const Bytes& last, std::size_t offset) {
  while (!last.empty() && out.size() < offset) out += last;
  out.resize(std::min(out.size(), offset));
}

Bytes parseHexDump(const std::string& name, const std::string& dump) {
  Bytes out, last;
  std::istringstream lines(dump);
  for (std::string line; std::getline(lines, line);) {
    if (line == "*") continue;
    std::istringstream words(line);
    std::string offset, group;
    words >> offset;
    repeat(out, last, std::stoul(offset, nullptr, 16));
    last.clear();
    while (words >> group) last += fromHex(group).value_or("");
    EXPECT_EQ(offsetText(out.size()), offset) << name << ": " << line;
    out += last;
  }
  return out;
}

}  // namespace

std::string hexDump(BytesView bytes) {
  std::string out;
  bool starred = false;
  for (std::size_t at = 0; at < bytes.size(); at += lineBytes) {
    const BytesView line = bytes.substr(at, lineBytes);
    const bool same = at > 0 && line == bytes.substr(at - lineBytes, lineBytes);
    if (!same) out += hexLine(at, line);
    if (same && !starred) out += "*\n";
    starred = same;
  }
  return out + offsetText(bytes.size()) + "\n";
}

std::string print(const GoldenFile& file) {
  return "# " + file.comment + "\n" + file.meaning + rule + hexDump(file.bytes);
}

GoldenFile parseGoldenFile(const std::string& name, const std::string& text) {
  const std::size_t end = text.find('\n');
  const std::size_t ruled = text.find(std::string("\n") + rule);
  GoldenFile file;
  EXPECT_TRUE(text.starts_with("# ") && ruled != std::string::npos) << name;
  if (ruled == std::string::npos) return file;
  file.comment = text.substr(2, end - 2);
  file.meaning = text.substr(end + 1, ruled - end);
  file.bytes = parseHexDump(name, text.substr(ruled + 6));
  return file;
}

}  // namespace henge::golden

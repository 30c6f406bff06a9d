#include "tests/sim/scenario/names.h"

#include <charconv>

namespace henge::sim {

namespace {

constexpr std::string_view hexDigits = "0123456789abcdef";
constexpr std::size_t numberDigits = 16;

bool isWordBefore(const std::string& line, std::size_t at) {
  return at > 0 && std::isalnum(static_cast<unsigned char>(line[at - 1])) != 0;
}

// Names of log files: they are counted, not drawn.
bool isCounted(const std::string& line, std::size_t at) {
  const std::string before = line.substr(0, at);
  return before.ends_with("segment-") || before.ends_with("spare-");
}

std::size_t endOfHex(const std::string& line, std::size_t from) {
  const std::size_t end = line.find_first_not_of(hexDigits, from);
  return end == std::string::npos ? line.size() : end;
}

Version versionOf(const std::string& timestamp, const std::string& writer) {
  Version version;
  std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), version.timestamp);
  std::from_chars(writer.data(), writer.data() + writer.size(), version.writer, 16);
  return version;
}

}  // namespace

std::string Names::of(Version version) {
  const auto place = versions_.emplace(version, static_cast<int>(versions_.size()) + 1).first;
  return "v" + std::to_string(place->second);
}

std::string Names::order() const {
  std::string text;
  for (const auto& [version, number] : versions_) {
    text += (text.empty() ? "v" : " < v") + std::to_string(number);
  }
  return text;
}

void Names::learn(std::uint32_t node, DirectoryId directory) {
  const auto [place, isNew] = numbers_.try_emplace(toString(directory));
  if (isNew) {
    place->second = toString(NodeId{node}) + "#" + std::to_string(++directories_[node]);
  }
}

std::string Names::put(const std::string& line) {
  std::string text;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = endOfHex(line, at);
    const bool isNumber =
        end - at == numberDigits && !isWordBefore(line, at) && !isCounted(line, at);
    if (!isNumber) {
      const std::size_t next = std::max(end, at + 1);
      text += line.substr(at, next - at);
      at = next;
    } else if (end < line.size() && line[end] == '/') {
      const std::size_t writerEnd = endOfHex(line, end + 1);
      text +=
          of(versionOf(line.substr(at, numberDigits), line.substr(end + 1, writerEnd - end - 1)));
      at = writerEnd;
    } else {
      text += ofNumber(line.substr(at, numberDigits));
      at = end;
    }
  }
  return text;
}

std::string Names::ofNumber(const std::string& hex) {
  const auto found = numbers_.find(hex);
  return found == numbers_.end() ? "(a number)" : found->second;
}

}  // namespace henge::sim

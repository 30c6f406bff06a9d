#include "server/storage/segment_names.h"

#include <charconv>

namespace henge::storage {

namespace {

constexpr std::string_view segmentPrefix = "segment-";
constexpr std::string_view sparePrefix = "spare-";
constexpr std::string_view suffix = ".log";
constexpr std::string_view noteSuffix = ".txt";
constexpr std::string_view acceptedSuffix = ".accepted.txt";
constexpr std::size_t digits = 16;

std::string nameOf(std::string_view prefix, std::uint64_t id, std::string_view ending = suffix) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string name(prefix);
  for (int shift = 60; shift >= 0; shift -= 4) name.push_back(hex[(id >> shift) & 15]);
  name.append(ending);
  return name;
}

std::optional<std::uint64_t> idOf(std::string_view prefix, std::string_view name) {
  if (name.size() != prefix.size() + digits + suffix.size() || !name.starts_with(prefix) ||
      !name.ends_with(suffix))
    return std::nullopt;
  std::uint64_t id = 0;
  const char* first = name.data() + prefix.size();
  auto [end, error] = std::from_chars(first, first + digits, id, 16);
  if (error != std::errc() || end != first + digits || nameOf(prefix, id) != name)
    return std::nullopt;
  return id;
}

}  // namespace

std::string logDirectory(std::uint32_t shard) { return "log/" + std::to_string(shard); }
std::string quarantineDirectory(std::uint32_t shard) { return logDirectory(shard) + "/quarantine"; }
std::string segmentName(std::uint64_t id) { return nameOf(segmentPrefix, id); }
std::string spareName(std::uint64_t id) { return nameOf(sparePrefix, id); }
std::string segmentPath(std::uint32_t shard, std::uint64_t id) {
  return logDirectory(shard) + "/" + segmentName(id);
}
std::string noteName(std::uint64_t id) { return nameOf(segmentPrefix, id, noteSuffix); }
std::string acceptedNoteName(std::uint64_t id) { return nameOf(segmentPrefix, id, acceptedSuffix); }

std::optional<std::uint64_t> segmentOfName(std::string_view name) {
  return idOf(segmentPrefix, name);
}
std::optional<std::uint64_t> segmentOfNote(std::string_view name) {
  if (!name.ends_with(noteSuffix)) return std::nullopt;
  name.remove_suffix(noteSuffix.size());
  return segmentOfName(std::string(name) + std::string(suffix));
}
bool isSpareName(std::string_view name) { return idOf(sparePrefix, name).has_value(); }

}  // namespace henge::storage

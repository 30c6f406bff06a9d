// Names of a shard's log files (docs/format/log.md). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace henge::storage {

std::string logDirectory(std::uint32_t shard);                   // "log/0"
std::string quarantineDirectory(std::uint32_t shard);            // "log/0/quarantine"
std::string segmentName(std::uint64_t id);                       // "segment-000000000000002a.log"
std::string spareName(std::uint64_t id);                         // "spare-000000000000002a.log"
std::string noteName(std::uint64_t id);                          // "segment-000000000000002a.txt"
std::string acceptedNoteName(std::uint64_t id);                  // "segment-….accepted.txt"
std::string segmentPath(std::uint32_t shard, std::uint64_t id);  // relative to the data directory
inline constexpr const char* newName = "new.log";

std::optional<std::uint64_t> segmentOfName(std::string_view name);
bool isSpareName(std::string_view name);
std::optional<std::uint64_t> segmentOfNote(std::string_view name);  // not of an accepted one

}  // namespace henge::storage

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
std::string segmentPath(std::uint32_t shard, std::uint64_t id);  // both, relative to the directory
inline constexpr const char* newName = "new.log";

std::optional<std::uint64_t> segmentOfName(std::string_view name);
bool isSpareName(std::string_view name);

}  // namespace henge::storage

// Records by chance, for properties.
#pragma once

#include <random>

#include "core/record.h"

namespace henge::storage {

inline Bytes anyBytes(std::mt19937_64& chance, std::size_t lengthMax) {
  Bytes out(chance() % (lengthMax + 1), '\0');
  for (char& c : out) c = static_cast<char>(chance() % 3 == 0 ? 0 : chance());
  return out;
}

inline Record anyRecord(std::mt19937_64& chance) {
  Record record;
  record.key = anyBytes(chance, 20);
  record.version = {static_cast<std::int64_t>(chance()), chance()};
  record.kind = chance() % 2 == 0 ? RecordKind::value : RecordKind::tombstone;
  record.expiryMicros = chance() % 2 == 0 ? 0 : static_cast<std::int64_t>(chance());
  if (record.kind == RecordKind::value) record.value = anyBytes(chance, 60);
  for (auto n = chance() % 4; n > 0; --n)
    record.extensions[static_cast<std::uint32_t>(chance())] = anyBytes(chance, 10);
  return record;
}

}  // namespace henge::storage

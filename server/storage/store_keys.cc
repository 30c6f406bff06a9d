#include "server/storage/store_keys.h"

#include <cassert>

#include "server/storage/little_endian.h"

namespace henge::storage {

namespace {

constexpr char kindData = 1;
constexpr char kindMetadata = 2;
constexpr std::uint8_t appliedFormat = 1;
constexpr std::size_t hashBytes = 8;

Bytes metadataKey(BytesView name, std::uint32_t shard) {
  Bytes key(1, kindMetadata);
  key.append(name);
  key.push_back('\0');
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<char>(shard >> shift));
  return key;
}

}  // namespace

Bytes dataKey(BytesView orderedKey) {
  Bytes key;
  key.reserve(1 + orderedKey.size());
  key.push_back(kindData);
  key.append(orderedKey);
  return key;
}

Bytes dataEnd() { return Bytes(1, kindData + 1); }

BytesView orderedOfDataKey(BytesView storeKey) {
  assert(!storeKey.empty() && storeKey.front() == kindData);
  return storeKey.substr(1);
}

BytesView keyOfOrdered(Partitioner partitioner, BytesView orderedKey) {
  if (partitioner == Partitioner::bytes) return orderedKey;
  return orderedKey.size() < hashBytes ? BytesView() : orderedKey.substr(hashBytes);
}

Bytes appliedKey(std::uint32_t shard) { return metadataKey("applied", shard); }
Bytes fenceKey(std::uint32_t shard) { return metadataKey("fence", shard); }

Bytes encodeApplied(LogPosition applied) {
  Bytes out;
  appendU8(out, appliedFormat);
  append(out, applied);
  return out;
}

Result<LogPosition> decodeApplied(BytesView bytes) {
  LittleEndianReader in(bytes);
  std::uint8_t format = in.u8();
  LogPosition applied = in.position();
  if (format > appliedFormat)
    return Error{ErrorKind::mismatch, "the store's applied position has format " +
                                          std::to_string(format) + ", newer than this version's 1"};
  if (!in.ok() || !in.atEnd() || format != appliedFormat)
    return Error{ErrorKind::corrupt, "the store's applied position cannot be read"};
  return applied;
}

}  // namespace henge::storage

#include "server/storage/store_keys.h"

#include <cassert>

#include "server/storage/little_endian.h"

namespace henge::storage {

namespace {

constexpr char kindData = 1;
constexpr char kindMetadata = 2;
constexpr char kindHint = 3;
constexpr char kindMark = 7;
constexpr std::uint8_t appliedFormat = 1;
constexpr std::size_t hashBytes = 8;

void appendBigEndian(Bytes& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift));
}

std::uint64_t bigEndian(BytesView bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

constexpr std::size_t targetAt = 1;
constexpr std::size_t behindTarget = targetAt + 4;

NodeId targetIn(BytesView storeKey) {
  return {static_cast<std::uint32_t>(bigEndian(storeKey.substr(targetAt, 4)))};
}

Bytes metadataKey(BytesView name, std::uint32_t shard) {
  Bytes key(1, kindMetadata);
  key.append(name);
  key.push_back('\0');
  appendBigEndian(key, shard, 4);
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

Bytes hintKey(HintId id) {
  Bytes key(1, kindHint);
  appendBigEndian(key, id.target.value, 4);
  appendBigEndian(key, id.number, 8);
  return key;
}

Result<HintId> idOfHintKey(BytesView storeKey) {
  if (storeKey.size() != behindTarget + 8 || storeKey.front() != kindHint)
    return Error{ErrorKind::corrupt, "the key of a hint has another form than it has"};
  return HintId{targetIn(storeKey), bigEndian(storeKey.substr(behindTarget))};
}

Bytes hintEnd() { return Bytes(1, kindHint + 1); }

Bytes markKey(NodeId target, BytesView first) {
  Bytes key(1, kindMark);
  appendBigEndian(key, target.value, 4);
  key.append(first);
  return key;
}

Result<NodeId> targetOfMarkKey(BytesView storeKey) {
  if (storeKey.size() < behindTarget || storeKey.front() != kindMark)
    return Error{ErrorKind::corrupt, "the key of a repair mark has another form than it has"};
  return targetIn(storeKey);
}

BytesView firstOfMarkKey(BytesView storeKey) { return storeKey.substr(behindTarget); }

Bytes markEnd() { return Bytes(1, kindMark + 1); }

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

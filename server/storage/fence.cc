#include "server/storage/fence.h"

#include <algorithm>

#include "server/storage/little_endian.h"

namespace henge::storage {

namespace {

constexpr std::uint8_t fenceFormat = 1;

}  // namespace

void Fence::raise(BytesView key, Version version) {
  Version& highest = highest_[bucketOf(key)];
  highest = std::max(highest, version);
}

Bytes encode(const Fence& fence) {
  Bytes out;
  out.reserve(1 + 16 * Fence::bucketsMax);
  appendU8(out, fenceFormat);
  for (Version version : fence.highest_) append(out, version);
  return out;
}

Result<Fence> decodeFence(BytesView bytes) {
  LittleEndianReader in(bytes);
  std::uint8_t format = in.u8();
  if (format > fenceFormat)
    return Error{ErrorKind::mismatch, "the store's fence has format " + std::to_string(format) +
                                          ", newer than this version's 1"};
  Fence fence;
  for (Version& version : fence.highest_) version = in.version();
  if (!in.ok() || !in.atEnd() || format != fenceFormat)
    return Error{ErrorKind::corrupt, "the store's fence cannot be read"};
  return fence;
}

}  // namespace henge::storage

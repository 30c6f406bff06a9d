#include "server/storage/batch_payload.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "server/storage/little_endian.h"

namespace henge::storage {

namespace {

constexpr std::size_t lengthBytes = 4;

Result<Bytes> unpacked(BytesView payload, std::uint64_t bytesMax) {
  LittleEndianReader in(payload);
  const std::uint32_t length = in.u32();
  if (!in.ok()) return Error{ErrorKind::corrupt, "a compressed batch is too short"};
  if (length > std::min<std::uint64_t>(bytesMax, unpackedBytesMax))
    return Error{ErrorKind::corrupt, "a compressed batch says that it holds " +
                                         std::to_string(length) + " bytes, more than can be"};
  std::optional<Bytes> entries = decompressed(in.rest(), length);
  if (!entries) return Error{ErrorKind::corrupt, "a compressed batch cannot be decompressed"};
  return *std::move(entries);
}

}  // namespace

LogCompression pack(Bytes& batch, Compressor& compressor) {
  assert(batch.size() >= batchHeaderBytes);
  const BytesView payload = BytesView(batch).substr(batchHeaderBytes);
  if (payload.size() < packedBytesMin || payload.size() > unpackedBytesMax)
    return LogCompression::none;
  Bytes packed(batchHeaderBytes, '\0');
  appendU32(packed, static_cast<std::uint32_t>(payload.size()));
  if (!compressor.append(packed, payload, payload.size() - lengthBytes - 1))
    return LogCompression::none;
  batch.swap(packed);
  return LogCompression::zstd;
}

Result<DecodedEntries> entriesOf(const Batch& batch, std::uint64_t segmentBytes) {
  const BatchHeader& header = batch.header;
  if (header.codec == LogCompression::none) return decodeEntries(batch.payload, header.count);
  Result<Bytes> entries = unpacked(batch.payload, segmentBytes);
  if (!entries) return entries.error();
  return decodeEntries(*entries, header.count);
}

}  // namespace henge::storage

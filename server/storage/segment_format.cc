#include "server/storage/segment_format.h"

#include <algorithm>
#include <cassert>

#include "server/storage/little_endian.h"

namespace henge::storage {

namespace {

constexpr BytesView magic = "HENGELOG";
constexpr std::uint8_t flagRecycled = 1;
constexpr std::size_t checksumBytes = 8;
constexpr std::size_t trailerFixedBytes = 72;

BytesView cut(BytesView key) { return key.substr(0, trailerKeyBytesMax); }

Status checkKnown(LogCompression codec) {
  if (codec <= LogCompression::zstd) return {};
  return Error{ErrorKind::unsupported, "codec " + std::to_string(static_cast<unsigned>(codec)) +
                                           " of a newer version; this one knows 0 and 1"};
}

Result<SegmentHeader> decodeFields(BytesView bytes) {
  LittleEndianReader in(bytes);
  in.bytes(magic.size() + 8);  // magic, format and length are known
  SegmentHeader header;
  header.owner.cluster = ClusterId{in.u64()};
  header.owner.directory = DirectoryId{in.u64()};
  header.owner.shard = in.u32();
  header.codec = static_cast<LogCompression>(in.u8());
  header.recycled = (in.u8() & flagRecycled) != 0;
  in.u16();
  header.id = in.u64();
  std::uint64_t first = in.u64();
  header.predecessor = {in.u64(), in.u64(), in.u64()};
  header.syncedTo = in.position();
  if (Status status = checkKnown(header.codec); !status) return status.error();
  if (first != segmentHeaderBytes)
    return Error{ErrorKind::corrupt, "the first batch stands in an impossible place"};
  return header;
}

}  // namespace

Bytes encode(const SegmentHeader& header) {
  Bytes out(magic);
  out.reserve(segmentHeaderBytes);
  appendU32(out, segmentFormat);
  appendU32(out, segmentHeaderBytes);
  appendU64(out, header.owner.cluster.value);
  appendU64(out, header.owner.directory.value);
  appendU32(out, header.owner.shard);
  appendU8(out, static_cast<std::uint8_t>(header.codec));
  appendU8(out, header.recycled ? flagRecycled : 0);
  appendU16(out, 0);
  appendU64(out, header.id);
  appendU64(out, segmentHeaderBytes);
  appendU64(out, header.predecessor.id);
  appendU64(out, header.predecessor.end);
  appendU64(out, header.predecessor.checksum);
  append(out, header.syncedTo);
  out.resize(segmentHeaderBytes - checksumBytes, '\0');
  appendU64(out, hash64(out));
  assert(out.size() == segmentHeaderBytes);
  return out;
}

std::uint64_t checksumOfHeader(BytesView encoded) {
  LittleEndianReader in(encoded);
  in.bytes(segmentHeaderBytes - checksumBytes);
  return in.u64();
}

Result<SegmentHeader> decodeSegmentHeader(BytesView bytes) {
  if (bytes.size() >= magic.size() && bytes.substr(0, magic.size()) == Bytes(magic.size(), '\0'))
    return Error{ErrorKind::notFound, "never written"};
  LittleEndianReader in(bytes);
  BytesView found = in.bytes(magic.size());
  std::uint32_t format = in.u32();
  std::uint32_t length = in.u32();
  if (!in.ok() || found != magic) return Error{ErrorKind::corrupt, "not a segment's header"};
  if (length < 24 || length > bytes.size())
    return Error{ErrorKind::corrupt, "a segment's header of impossible length"};
  BytesView covered = bytes.substr(0, length - checksumBytes);
  LittleEndianReader end(bytes.substr(length - checksumBytes, checksumBytes));
  std::uint64_t checksum = end.u64();
  if (checksum != hash64(covered))
    return Error{ErrorKind::corrupt, "a segment's header with a wrong checksum"};
  if (format != segmentFormat)
    return Error{ErrorKind::mismatch, "log format " + std::to_string(format) +
                                          " is newer than this version's " +
                                          std::to_string(segmentFormat)};
  if (length != segmentHeaderBytes)
    return Error{ErrorKind::corrupt, "a segment's header of wrong length"};
  Result<SegmentHeader> header = decodeFields(covered);
  if (header) header->checksum = checksum;
  return header;
}

std::uint64_t seal(Bytes& batch, const BatchHeader& header) {
  assert(batch.size() >= batchHeaderBytes && batch.size() <= UINT32_MAX);
  Bytes head;
  head.reserve(batchHeaderBytes);
  appendU64(head, header.directory.value);
  append(head, header.at);
  appendU64(head, header.previous);
  append(head, header.syncedTo);
  appendU32(head, header.sequence);
  appendU32(head, static_cast<std::uint32_t>(batch.size()));
  appendU32(head, header.count);
  appendU8(head, static_cast<std::uint8_t>(header.kind));
  appendU8(head, static_cast<std::uint8_t>(header.codec));
  appendU16(head, 0);
  assert(head.size() + checksumBytes == batchHeaderBytes);
  batch.replace(checksumBytes, head.size(), head);
  std::uint64_t checksum = hash64(BytesView(batch).substr(checksumBytes));
  putU64(batch, 0, checksum);
  return checksum;
}

bool bearsThisLife(BytesView segment, LogPosition at, std::uint64_t previous) {
  if (at.offset >= segment.size()) return false;
  LittleEndianReader in(segment.substr(at.offset));
  in.bytes(16);  // checksum and directory: earlier lives have the same directory
  bool sameSegment = in.u64() == at.segment;
  in.u64();
  bool samePrevious = in.u64() == previous;
  return in.ok() && (sameSegment || samePrevious);
}

std::optional<LogPosition> claimAt(BytesView segment, DirectoryId directory, LogPosition at) {
  if (at.offset >= segment.size()) return std::nullopt;
  LittleEndianReader in(segment.substr(at.offset));
  in.u64();
  const bool inPlace = DirectoryId{in.u64()} == directory && in.position() == at;
  in.u64();
  const LogPosition syncedTo = in.position();
  if (!in.ok() || !inPlace || syncedTo > at) return std::nullopt;
  return syncedTo;
}

std::optional<Batch> batchAt(BytesView segment, DirectoryId directory, LogPosition at) {
  if (at.offset >= segment.size()) return std::nullopt;
  BytesView bytes = segment.substr(at.offset);
  LittleEndianReader in(bytes);
  Batch batch;
  BatchHeader& header = batch.header;
  header.checksum = in.u64();
  header.directory = DirectoryId{in.u64()};
  header.at = in.position();
  if (header.directory != directory || header.at != at) return std::nullopt;
  header.previous = in.u64();
  header.syncedTo = in.position();
  header.sequence = in.u32();
  header.length = in.u32();
  header.count = in.u32();
  header.kind = static_cast<BatchKind>(in.u8());
  header.codec = static_cast<LogCompression>(in.u8());
  in.u16();
  if (!in.ok() || header.length < batchHeaderBytes || header.length > bytes.size())
    return std::nullopt;
  bytes = bytes.substr(0, header.length);
  if (header.checksum != hash64(bytes.substr(checksumBytes))) return std::nullopt;
  batch.payload = bytes.substr(batchHeaderBytes);
  return batch;
}

Status checkKnown(const BatchHeader& header) {
  if (header.kind < BatchKind::entries || header.kind > BatchKind::trailer)
    return Error{ErrorKind::unsupported, "batch kind " +
                                             std::to_string(static_cast<unsigned>(header.kind)) +
                                             " of a newer version; this one knows 1 and 2"};
  return checkKnown(header.codec);
}

void SegmentSummary::add(const Record& record) {
  BytesView key = cut(record.key);
  const bool first = !isBounded();
  ++entries;
  leastVersion = first ? record.version : std::min(leastVersion, record.version);
  greatestVersion = first ? record.version : std::max(greatestVersion, record.version);
  if (first || key < leastKey) leastKey = Bytes(key);
  if (first || key > greatestKey) greatestKey = Bytes(key);
}

// No key of a write is empty.
bool SegmentSummary::isBounded() const { return !greatestKey.empty() || !greatestVersion.isNone(); }

void SegmentSummary::add(const HintEntry& entry) {
  if (const auto* hint = std::get_if<Hint>(&entry)) return add(hint->record);
  ++entries;
}

std::size_t trailerPayloadBytes(const SegmentSummary& summary) {
  return trailerFixedBytes + summary.leastKey.size() + summary.greatestKey.size();
}

void append(Bytes& out, const SegmentTrailer& trailer) {
  appendU64(out, trailer.end);
  appendU64(out, trailer.checksum);
  appendU64(out, trailer.footer);
  appendU64(out, trailer.summary.entries);
  append(out, trailer.summary.leastVersion);
  append(out, trailer.summary.greatestVersion);
  appendSized(out, trailer.summary.leastKey);
  appendSized(out, trailer.summary.greatestKey);
}

Result<SegmentTrailer> decodeTrailer(BytesView payload) {
  LittleEndianReader in(payload);
  SegmentTrailer trailer;
  trailer.end = in.u64();
  trailer.checksum = in.u64();
  trailer.footer = in.u64();
  trailer.summary.entries = in.u64();
  trailer.summary.leastVersion = in.version();
  trailer.summary.greatestVersion = in.version();
  trailer.summary.leastKey = Bytes(in.sized());
  trailer.summary.greatestKey = Bytes(in.sized());
  if (!in.ok() || !in.atEnd())
    return Error{ErrorKind::corrupt, "a segment's trailer cannot be read"};
  return trailer;
}

}  // namespace henge::storage

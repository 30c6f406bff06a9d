#include "server/storage/record_codec.h"

#include <cassert>

#include "server/storage/little_endian.h"

namespace henge::storage {

namespace {

constexpr std::uint8_t rowFormat = 1;
constexpr std::uint8_t entryFormat = 1;
constexpr std::uint8_t skippable = 1;
constexpr std::uint8_t entryKindRow = 1;
constexpr std::size_t rowFixedBytes = 32;
constexpr std::size_t entryFixedBytes = 24;
constexpr std::size_t extensionFixedBytes = 8;

Error unknown(const std::string& what, unsigned number) {
  return {ErrorKind::unsupported, "unknown " + what + " " + std::to_string(number) +
                                      ": written by a newer version, which can read it"};
}

std::size_t extensionBytes(const Extensions& extensions) {
  std::size_t total = 0;
  for (const auto& [number, bytes] : extensions) total += extensionFixedBytes + bytes.size();
  return total;
}

void appendRow(Bytes& out, const Record& record) {
  appendU8(out, rowFormat);
  appendU8(out, 0);
  appendU8(out, static_cast<std::uint8_t>(record.kind));
  appendU8(out, 0);
  append(out, record.version);
  appendI64(out, record.expiryMicros);
  appendU32(out, static_cast<std::uint32_t>(extensionBytes(record.extensions)));
  for (const auto& [number, bytes] : record.extensions) {
    appendU32(out, number);
    appendSized(out, bytes);
  }
  out.append(record.value);
}

Status decodeExtensions(BytesView bytes, Extensions& out) {
  LittleEndianReader in(bytes);
  while (in.ok() && !in.atEnd()) {
    std::uint32_t number = in.u32();
    BytesView extension = in.sized();
    if (!in.ok() || (!out.empty() && number <= out.rbegin()->first))
      return Error{ErrorKind::corrupt, "a row's extensions do not fit"};
    out.emplace(number, extension);
  }
  return {};
}

// One entry without its length; adds to `out`.
Status decodeEntry(BytesView entry, DecodedEntries& out) {
  LittleEndianReader in(entry);
  std::uint8_t format = in.u8();
  std::uint8_t flags = in.u8();
  std::uint8_t kind = in.u8();
  in.u8();   // source
  in.u32();  // range number
  in.u64();  // range epoch
  if (!in.ok()) return Error{ErrorKind::corrupt, "a log entry is too short"};
  if (format != entryFormat || kind != entryKindRow) {
    if ((flags & skippable) != 0) return ++out.skipped, Status();
    return format != entryFormat ? unknown("log entry format", format)
                                 : unknown("log entry kind", kind);
  }
  BytesView key = in.sized();
  if (!in.ok()) return Error{ErrorKind::corrupt, "a log entry is too short for its key"};
  Result<Record> record = decodeRow(key, in.rest());
  if (!record) {
    bool pass = record.error().kind == ErrorKind::unsupported && (flags & skippable) != 0;
    return pass ? (++out.skipped, Status()) : Status(record.error());
  }
  out.records.push_back(std::move(record).value());
  return {};
}

}  // namespace

Bytes encodeRow(const Record& record) {
  Bytes out;
  out.reserve(rowFixedBytes + extensionBytes(record.extensions) + record.value.size());
  appendRow(out, record);
  return out;
}

Result<Record> decodeRow(BytesView key, BytesView row) {
  LittleEndianReader in(row);
  std::uint8_t format = in.u8();
  std::uint8_t flags = in.u8();
  std::uint8_t kind = in.u8();
  in.u8();
  if (!in.ok()) return Error{ErrorKind::corrupt, "a row is too short"};
  if (format != rowFormat) return unknown("row format", format);
  if (flags != 0) return unknown("row flags", flags);
  if (kind != static_cast<std::uint8_t>(RecordKind::value) &&
      kind != static_cast<std::uint8_t>(RecordKind::tombstone))
    return unknown("record kind", kind);

  Record record;
  record.key = Bytes(key);
  record.kind = static_cast<RecordKind>(kind);
  record.version = in.version();
  record.expiryMicros = in.i64();
  BytesView extensions = in.sized();
  if (!in.ok()) return Error{ErrorKind::corrupt, "a row is too short"};
  if (Status status = decodeExtensions(extensions, record.extensions); !status)
    return status.error();
  record.value = Bytes(in.rest());
  return record;
}

std::size_t entryBytes(const Record& record) {
  return entryFixedBytes + record.key.size() + rowFixedBytes + extensionBytes(record.extensions) +
         record.value.size();
}

void appendEntry(Bytes& out, const Record& record) {
  std::size_t before = out.size();
  std::size_t bytes = entryBytes(record);
  assert(bytes <= UINT32_MAX);
  appendU32(out, static_cast<std::uint32_t>(bytes - 4));
  appendU8(out, entryFormat);
  appendU8(out, 0);
  appendU8(out, entryKindRow);
  appendU8(out, 0);
  appendU32(out, 0);
  appendU64(out, 0);
  appendSized(out, record.key);
  appendRow(out, record);
  assert(out.size() - before == bytes);
}

Result<DecodedEntries> decodeEntries(BytesView payload, std::uint32_t count) {
  DecodedEntries out;
  LittleEndianReader in(payload);
  for (std::uint32_t i = 0; i < count; ++i) {
    BytesView entry = in.sized();
    if (!in.ok()) return Error{ErrorKind::corrupt, "a batch holds fewer entries than it says"};
    if (Status status = decodeEntry(entry, out); !status) return status.error();
  }
  if (!in.atEnd()) return Error{ErrorKind::corrupt, "a batch holds more than it says"};
  return out;
}

}  // namespace henge::storage

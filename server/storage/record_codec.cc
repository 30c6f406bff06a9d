#include "server/storage/record_codec.h"

#include <cassert>

#include "server/storage/hint_codec.h"
#include "server/storage/little_endian.h"

namespace henge::storage {

namespace {

constexpr std::uint8_t rowFormat = 1;
constexpr std::uint8_t entryFormat = 1;
constexpr std::uint8_t skippable = 1;
constexpr std::uint8_t entryKindRow = 1;
constexpr std::size_t rowFixedBytes = 32;
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

Status decodeBody(std::uint8_t kind, BytesView body, DecodedEntries& out) {
  if (kind == entryKindHint || kind == entryKindHintDone || kind == entryKindRepairMark) {
    Result<HintEntry> hint = decodeHintEntry(kind, body);
    if (!hint) return hint.error();
    out.hints.push_back(std::move(hint).value());
    return {};
  }
  if (kind != entryKindRow) return unknown("log entry kind", kind);
  LittleEndianReader in(body);
  BytesView key = in.sized();
  if (!in.ok()) return Error{ErrorKind::corrupt, "a log entry is too short for its key"};
  Result<Record> record = decodeRow(key, in.rest());
  if (!record) return record.error();
  out.records.push_back(std::move(record).value());
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
  Status status = format != entryFormat ? Status(unknown("log entry format", format))
                                        : decodeBody(kind, in.rest(), out);
  const bool isUnknown = !status && status.error().kind == ErrorKind::unsupported;
  if (!isUnknown || (flags & skippable) == 0) return status;
  ++out.skipped;
  return {};
}

}  // namespace

std::size_t rowBytes(const Record& record) {
  return rowFixedBytes + extensionBytes(record.extensions) + record.value.size();
}

Bytes encodeRow(const Record& record) {
  Bytes out;
  out.reserve(rowBytes(record));
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
  return entryHeadBytes + 4 + record.key.size() + rowBytes(record);
}

std::size_t beginEntry(Bytes& out, std::uint8_t kind) {
  const std::size_t at = out.size();
  appendU32(out, 0);  // the length, set at the end
  appendU8(out, entryFormat);
  appendU8(out, 0);
  appendU8(out, kind);
  appendU8(out, 0);
  appendU32(out, 0);
  appendU64(out, 0);
  return at;
}

void endEntry(Bytes& out, std::size_t at) {
  const std::size_t bytes = out.size() - at;
  assert(bytes >= entryHeadBytes && bytes <= UINT32_MAX);
  putU32(out, at, static_cast<std::uint32_t>(bytes - 4));
}

void appendEntry(Bytes& out, const Record& record) {
  const std::size_t at = beginEntry(out, entryKindRow);
  appendSized(out, record.key);
  appendRow(out, record);
  endEntry(out, at);
  assert(out.size() - at == entryBytes(record));
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

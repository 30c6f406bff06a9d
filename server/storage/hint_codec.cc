#include "server/storage/hint_codec.h"

#include <cassert>

#include "server/storage/little_endian.h"
#include "server/storage/record_codec.h"
#include "server/storage/store_keys.h"

namespace henge::storage {

namespace {

constexpr std::uint8_t hintFormat = 1;
constexpr std::uint8_t markFormat = 1;
constexpr std::size_t idBytes = 4 + 8;
constexpr std::size_t hintFixedBytes = 4 + 3 * 8 + 4;
constexpr std::size_t markFixedBytes = 1 + 8;

Error tooShort(const char* what) {
  return {ErrorKind::corrupt, std::string(what) + " is too short"};
}

Error unknown(const std::string& what, unsigned number) {
  return {ErrorKind::unsupported, "unknown " + what + " " + std::to_string(number) +
                                      ": written by a newer version, which can read it"};
}

void append(Bytes& out, HintId id) {
  appendU32(out, id.target.value);
  appendU64(out, id.number);
}

HintId hintIdFrom(LittleEndianReader& in) {
  HintId id;
  id.target.value = in.u32();
  id.number = in.u64();
  return id;
}

void appendHint(Bytes& out, const Hint& hint) {
  appendU8(out, hintFormat);
  out.append(3, '\0');
  appendI64(out, hint.keptAt.micros);
  appendI64(out, hint.expiresAt.micros);
  appendI64(out, hint.dispatchedAtMicros);
  appendSized(out, hint.record.key);
  out += encodeRow(hint.record);
}

Result<Hint> hintFrom(HintId id, BytesView bytes) {
  LittleEndianReader in(bytes);
  const std::uint8_t format = in.u8();
  in.bytes(3);
  if (!in.ok()) return tooShort("a hint");
  if (format != hintFormat) return unknown("hint format", format);
  Hint hint;
  hint.id = id;
  hint.keptAt.micros = in.i64();
  hint.expiresAt.micros = in.i64();
  hint.dispatchedAtMicros = in.i64();
  const BytesView key = in.sized();
  if (!in.ok()) return tooShort("a hint");
  Result<Record> record = decodeRow(key, in.rest());
  if (!record) return record.error();
  hint.record = std::move(record).value();
  return hint;
}

void appendMark(Bytes& out, const RepairMark& mark) {
  appendU8(out, markFormat);
  appendI64(out, mark.since.micros);
  out.append(mark.end);
}

Status markFrom(BytesView bytes, RepairMark& mark) {
  LittleEndianReader in(bytes);
  const std::uint8_t format = in.u8();
  if (!in.ok()) return tooShort("a repair mark");
  if (format != markFormat) return unknown("repair mark format", format);
  mark.since.micros = in.i64();
  if (!in.ok()) return tooShort("a repair mark");
  mark.end = Bytes(in.rest());
  return {};
}

Result<HintEntry> doneFrom(BytesView body) {
  LittleEndianReader in(body);
  HintDone done;
  done.id = hintIdFrom(in);
  const std::uint8_t end = in.u8();
  if (!in.ok() || !in.atEnd())
    return Error{ErrorKind::corrupt, "a hint's end has another length than it has"};
  done.end =
      static_cast<HintEnd>(end);  // a reason this version has no word for ends it all the same
  return HintEntry(done);
}

Result<HintEntry> markEntryFrom(BytesView body) {
  LittleEndianReader in(body);
  RepairMark mark;
  mark.target.value = in.u32();
  const std::uint8_t needed = in.u8();
  mark.needed = needed == 1;
  mark.first = Bytes(in.sized());
  if (!in.ok() || needed > 1) return Error{ErrorKind::corrupt, "a repair mark cannot be read"};
  if (Status status = markFrom(in.rest(), mark); !status) return status.error();
  return HintEntry(std::move(mark));
}

struct Writer {
  Bytes& out;

  std::uint8_t kind(const Hint&) const { return entryKindHint; }
  std::uint8_t kind(const HintDone&) const { return entryKindHintDone; }
  std::uint8_t kind(const RepairMark&) const { return entryKindRepairMark; }

  void write(const Hint& hint) {
    append(out, hint.id);
    appendHint(out, hint);
  }
  void write(const HintDone& done) {
    append(out, done.id);
    appendU8(out, static_cast<std::uint8_t>(done.end));
  }
  void write(const RepairMark& mark) {
    appendU32(out, mark.target.value);
    appendU8(out, mark.needed ? 1 : 0);
    appendSized(out, mark.first);
    appendMark(out, mark);
  }

  template <typename Entry>
  void operator()(const Entry& entry) {
    const std::size_t at = beginEntry(out, kind(entry));
    write(entry);
    endEntry(out, at);
  }
};

}  // namespace

void appendEntry(Bytes& out, const HintEntry& entry) { std::visit(Writer{out}, entry); }

std::size_t entryBytes(const HintEntry& entry) {
  if (const auto* hint = std::get_if<Hint>(&entry))
    return entryHeadBytes + idBytes + hintFixedBytes + hint->record.key.size() +
           rowBytes(hint->record);
  if (const auto* mark = std::get_if<RepairMark>(&entry))
    return entryHeadBytes + 4 + 1 + 4 + mark->first.size() + markFixedBytes + mark->end.size();
  return entryHeadBytes + idBytes + 1;
}

Result<HintEntry> decodeHintEntry(std::uint8_t kind, BytesView body) {
  if (kind == entryKindHintDone) return doneFrom(body);
  if (kind == entryKindRepairMark) return markEntryFrom(body);
  assert(kind == entryKindHint);
  LittleEndianReader in(body);
  const HintId id = hintIdFrom(in);
  if (!in.ok()) return tooShort("a hint");
  Result<Hint> hint = hintFrom(id, in.rest());
  if (!hint) return hint.error();
  return HintEntry(std::move(hint).value());
}

HintRow rowOf(const HintEntry& entry) {
  HintRow row;
  if (const auto* hint = std::get_if<Hint>(&entry)) {
    row.key = hintKey(hint->id);
    appendHint(row.value.emplace(), *hint);
  } else if (const auto* mark = std::get_if<RepairMark>(&entry)) {
    row.key = markKey(mark->target, mark->first);
    if (mark->needed) appendMark(row.value.emplace(), *mark);
  } else {
    row.key = hintKey(std::get<HintDone>(entry).id);
  }
  return row;
}

Result<Hint> decodeHintRow(BytesView storeKey, BytesView value) {
  const Result<HintId> id = idOfHintKey(storeKey);
  if (!id) return id.error();
  return hintFrom(*id, value);
}

Result<RepairMark> decodeMarkRow(BytesView storeKey, BytesView value) {
  const Result<NodeId> target = targetOfMarkKey(storeKey);
  if (!target) return target.error();
  RepairMark mark;
  mark.target = *target;
  mark.first = Bytes(firstOfMarkKey(storeKey));
  if (Status status = markFrom(value, mark); !status) return status.error();
  return mark;
}

}  // namespace henge::storage

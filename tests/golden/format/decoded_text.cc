#include "tests/golden/format/decoded_text.h"

#include <algorithm>
#include <map>

#include "server/membership/peer_file.h"
#include "server/storage/batch_payload.h"
#include "server/storage/durable_clock.h"
#include "server/storage/fence.h"
#include "server/storage/hint_codec.h"
#include "server/storage/identity.h"
#include "server/storage/little_endian.h"
#include "server/storage/store_keys.h"

namespace henge::golden {

namespace {

using namespace storage;

constexpr std::size_t shownMax = 32;

std::string number(std::uint64_t value) { return std::to_string(value); }

std::string hex(std::uint64_t value) {
  Bytes bytes;
  appendBigEndian64(bytes, value);
  return toHex(bytes);
}

std::string shown(BytesView bytes) {
  if (bytes.size() > shownMax)
    return number(bytes.size()) + " bytes, XXH3-64 " + hex(hash64(bytes));
  const bool plain = std::all_of(bytes.begin(), bytes.end(),
                                 [](char c) { return c >= ' ' && c <= '~' && c != '"'; });
  return plain ? "\"" + Bytes(bytes) + "\"" : "x'" + toHex(bytes) + "'";
}

std::string text(Version version) {
  return std::to_string(version.timestamp) + "." + number(version.writer);
}

std::string text(const Record& record) {
  std::string out = record.isTombstone() ? "tombstone" : "value";
  out += " of " + shown(record.key) + " version " + text(record.version);
  if (record.expiryMicros != 0) out += " expires " + std::to_string(record.expiryMicros);
  if (!record.isTombstone()) out += " = " + shown(record.value);
  for (const auto& [extension, bytes] : record.extensions)
    out += " extension " + number(extension) + " " + shown(bytes);
  return out + "\n";
}

std::string text(HintId id) {
  return "for " + toString(id.target) + " number " + number(id.number >> 40) + "/" +
         number(id.number & (hintNumbersBefore(1) - 1));
}

std::string text(const Hint& hint) {
  return "hint " + text(hint.id) + " kept " + std::to_string(hint.keptAt.micros) + " expires " +
         std::to_string(hint.expiresAt.micros) + " dispatched " +
         std::to_string(hint.dispatchedAtMicros) + ": " + text(hint.record);
}

std::string text(const HintDone& done) {
  return "hint " + text(done.id) + " " + std::string(nameOf(done.end)) + "\n";
}

std::string text(const RepairMark& mark) {
  return std::string(mark.needed ? "repair needed" : "repaired") + " of " + toString(mark.target) +
         " from " + shown(mark.first) + " to " + shown(mark.end) + " since " +
         std::to_string(mark.since.micros) + "\n";
}

// The words may change, the kind may not.
std::string refused(const Error& error) {
  return "refused: " + std::string(nameOf(error.kind)) + "\n";
}

std::uint32_t entriesIn(BytesView payload) {
  LittleEndianReader in(payload);
  std::uint32_t count = 0;
  while (in.ok() && !in.atEnd()) in.sized(), ++count;
  return count;
}

std::string text(const Result<DecodedEntries>& entries) {
  if (!entries) return refused(entries.error());
  std::string out;
  for (const Record& record : entries->records) out += text(record);
  for (const HintEntry& hint : entries->hints)
    out += std::visit([](const auto& entry) { return text(entry); }, hint);
  if (entries->skipped > 0) out += number(entries->skipped) + " of unknown kinds passed over\n";
  return out;
}

std::string textOfHeader(BytesView bytes) {
  const Result<SegmentHeader> header = decodeSegmentHeader(bytes);
  if (!header) return refused(header.error());
  std::string out = "segment " + number(header->id);
  out += " of cluster " + toString(header->owner.cluster);
  out += " directory " + toString(header->owner.directory);
  out += " shard " + number(header->owner.shard) + "\n";
  out += std::string("codec ") + (header->codec == LogCompression::none ? "none" : "zstd");
  out += header->recycled ? ", used again" : ", new";
  out += ", synced to " + toString(header->syncedTo) + "\n";
  const Predecessor& before = header->predecessor;
  out += "after segment " + number(before.id) + ", which ends at " + number(before.end);
  out += " with the checksum " + hex(before.checksum) + "\n";
  return out;
}

std::string text(const Batch& batch, std::uint64_t segmentBytes) {
  const BatchHeader& header = batch.header;
  std::string out = "batch " + number(header.sequence) + " at " + number(header.at.offset);
  out += header.codec == LogCompression::none ? "" : ", compressed";
  out += ", synced to " + toString(header.syncedTo) + "\n";
  return out + text(entriesOf(batch, segmentBytes));
}

std::string textOfTrailer(BytesView segment, std::uint64_t end) {
  const SegmentPlace place = goldenPlace();
  for (std::uint64_t at = segmentHeaderBytes; at < end;) {
    const auto batch = batchAt(segment, place.owner.directory, {place.id, at});
    if (!batch) break;
    at += batch->header.length;
    if (batch->header.kind != BatchKind::trailer) continue;
    const Result<SegmentTrailer> trailer = decodeTrailer(batch->payload);
    if (!trailer) return refused(trailer.error());
    const SegmentSummary& summary = trailer->summary;
    return "trailer: ends at " + number(trailer->end) + ", entries " + number(summary.entries) +
           ", versions " + text(summary.leastVersion) + " to " + text(summary.greatestVersion) +
           ", keys " + shown(summary.leastKey) + " to " + shown(summary.greatestKey) + "\n";
  }
  return "";
}

std::string textOfSegment(BytesView bytes) {
  const Result<SegmentContent> content = readSegment(bytes, goldenPlace(), {});
  if (!content) return refused(content.error());
  const std::map<SegmentEnd, std::string> words = {{SegmentEnd::unused, "unused"},
                                                   {SegmentEnd::clean, "clean end"},
                                                   {SegmentEnd::ended, "ended"},
                                                   {SegmentEnd::torn, "torn tail"},
                                                   {SegmentEnd::damaged, "damaged"}};
  std::string out = textOfHeader(bytes);
  for (const Batch& batch : content->batches) out += text(batch, bytes.size());
  out += textOfTrailer(bytes, content->endOffset);
  out += words.at(content->end) + " at " + number(content->endOffset);
  if (content->tornBytes > 0) out += ", " + number(content->tornBytes) + " torn bytes";
  return out + "\n";
}

std::string textOfFence(BytesView bytes) {
  const Result<Fence> fence = decodeFence(bytes);
  if (!fence) return refused(fence.error());
  std::string out;
  for (const char* key : {"a", "b", "c", "d"})
    out += std::string("fence of \"") + key + "\" " + text(fence->of(key)) + "\n";
  return out + "highest " + text(fence->highest()) + "\n";
}

std::string textOfIdentity(BytesView bytes) {
  const Result<Identity> identity = decodeIdentity(bytes);
  if (!identity) return refused(identity.error());
  std::string out = "cluster " + toString(identity->cluster) + " node " + toString(identity->node) +
                    " directory " + toString(identity->directory) + "\n";
  out += "boot " + number(identity->boot) + " shards " + number(identity->shards) + " writer " +
         hex(identity->writer) + "\n";
  out += "ring " + hex(identity->ringHash) + " tokens";
  for (const Bytes& token : identity->tokens) out += " " + shown(token);
  out += "\nera " + number(identity->era) + " hash seed " + hex(identity->hashSeed) + "\n";
  for (const auto& [field, value] : identity->extensions)
    out += "field " + number(field) + " " + shown(value) + "\n";
  return out;
}

std::string text(const membership::RememberedPeer& peer) {
  const auto start = [](const Incarnation& i) { return number(i.boot) + "/" + hex(i.nonce); };
  std::string out = toString(peer.node) + " directory " + toString(peer.directory) + " start " +
                    start(peer.incarnation) + " before " + start(peer.before) + " synced " +
                    toString(peer.synced) + (peer.syncedBinds ? ", binds" : "");
  if (peer.objection)
    out += ", objects to " + toString(peer.objection->directory) + ": " + peer.objection->reason;
  return out + "\n";
}

std::string textOfPeers(BytesView bytes) {
  const Result<membership::PeerFile> file = membership::decodePeerFile(bytes);
  if (!file) return refused(file.error());
  std::string out = "cluster " + toString(file->cluster) + " node " + toString(file->self) +
                    " directory " + toString(file->directory) +
                    (file->confirmed ? ", confirmed" : ", not confirmed") + "\n";
  if (file->ownRebuilding) out += "must rebuild: " + *file->ownRebuilding + "\n";
  for (const membership::RememberedPeer& peer : file->peers) out += text(peer);
  return out;
}

Bytes goldenHintKey() { return hintKey({{3}, hintNumbersBefore(17) + 5}); }
Bytes goldenMarkKey() { return markKey({3}, BytesView("\0k", 2)); }

}  // namespace

SegmentPlace goldenPlace() {
  return {{ClusterId{0x5f3a9c0012d4e8b7}, DirectoryId{0xd1d2d3d4d5d6d7d8}, 0}, 42, 40};
}

std::string decodedText(const std::string& kind, BytesView bytes) {
  if (kind == "row") {
    const Result<Record> row = decodeRow("key", bytes);
    return row ? text(*row) : refused(row.error());
  }
  if (kind == "entries") return text(decodeEntries(bytes, entriesIn(bytes)));
  if (kind == "hint") {
    const Result<Hint> hint = decodeHintRow(goldenHintKey(), bytes);
    return hint ? text(*hint) : refused(hint.error());
  }
  if (kind == "mark") {
    const Result<RepairMark> mark = decodeMarkRow(goldenMarkKey(), bytes);
    return mark ? text(*mark) : refused(mark.error());
  }
  if (kind == "header") return textOfHeader(bytes);
  if (kind == "segment") return textOfSegment(bytes);
  if (kind == "fence") return textOfFence(bytes);
  if (kind == "identity") return textOfIdentity(bytes);
  if (kind == "peers") return textOfPeers(bytes);
  if (kind == "applied") {
    const Result<LogPosition> applied = decodeApplied(bytes);
    return applied ? "applied to " + toString(*applied) + "\n" : refused(applied.error());
  }
  if (kind == "clock") {
    const Result<std::int64_t> ceiling = decodeClockCeiling(bytes);
    return ceiling ? "ceiling " + std::to_string(*ceiling) + "\n" : refused(ceiling.error());
  }
  return "no reader of this kind: " + kind + "\n";
}

Bytes encodedAgain(const std::string& kind, BytesView bytes) {
  if (kind == "row") return encodeRow(decodeRow("key", bytes).value());
  if (kind == "header") return encode(decodeSegmentHeader(bytes).value());
  if (kind == "hint") return *rowOf(decodeHintRow(goldenHintKey(), bytes).value()).value;
  if (kind == "mark") return *rowOf(decodeMarkRow(goldenMarkKey(), bytes).value()).value;
  if (kind == "applied") return encodeApplied(decodeApplied(bytes).value());
  if (kind == "fence") return encode(decodeFence(bytes).value());
  if (kind == "identity") return encode(decodeIdentity(bytes).value());
  if (kind == "clock") return encodeClockCeiling(decodeClockCeiling(bytes).value());
  if (kind == "peers") return encode(membership::decodePeerFile(bytes).value());
  if (kind != "entries") return Bytes(bytes);
  const DecodedEntries entries = decodeEntries(bytes, entriesIn(bytes)).value();
  if (entries.skipped > 0) return Bytes(bytes);
  Bytes out;
  for (const Record& record : entries.records) appendEntry(out, record);
  for (const HintEntry& hint : entries.hints) appendEntry(out, hint);
  return out;
}

}  // namespace henge::golden

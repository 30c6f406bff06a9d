#include "tests/golden/format/golden_cases.h"

#include "core/limits.h"
#include "server/membership/peer_file.h"
#include "server/storage/durable_clock.h"
#include "server/storage/fence.h"
#include "server/storage/hint_codec.h"
#include "server/storage/identity.h"
#include "server/storage/little_endian.h"
#include "server/storage/store_keys.h"
#include "tests/golden/format/decoded_text.h"
#include "tests/unit/storage/segment_builder.h"

namespace henge::golden {

namespace {

using namespace storage;

constexpr std::size_t fileBytes = 2048;

Record recordOf(const Bytes& key, std::int64_t timestamp, const Bytes& value) {
  Record record;
  record.key = key;
  record.version = {timestamp, 0x9f3c};
  record.value = value;
  return record;
}

Record tombstoneOf(const Bytes& key, std::int64_t timestamp) {
  Record record = recordOf(key, timestamp, "");
  record.kind = RecordKind::tombstone;
  return record;
}

Bytes entriesOf(const std::vector<Record>& records) {
  Bytes out;
  for (const Record& record : records) appendEntry(out, record);
  return out;
}

Bytes newerFormat(Bytes file) {
  file[8] = '\xff';
  putU64(file, file.size() - 8, hash64(file.substr(0, file.size() - 8)));
  return file;
}

void addRecords(std::vector<GoldenCase>& out) {
  Record record = recordOf("key", 1'795'236'306'646'329, "value");
  out.push_back({"row_value", "The row of a value, as the store has it.", encodeRow(record)});
  record.value.clear();
  out.push_back({"row_empty_value", "An empty value is a value.", encodeRow(record)});
  out.push_back({"row_tombstone", "A removed key.", encodeRow(tombstoneOf("key", 7))});
  record.value = Bytes("\0\xff\0", 3);
  record.expiryMicros = 1'795'236'999'000'000;
  out.push_back({"row_with_expiry", "A value that ends.", encodeRow(record)});
  record.expiryMicros = 0;
  record.extensions = {{1, "later"}, {7, ""}, {4'000'000'000, Bytes("\0\1", 2)}};
  out.push_back({"row_with_unknown_extensions", "Extensions that this version does not know.",
                 encodeRow(record)});
  Bytes newer = encodeRow(record);
  newer[0] = '\xff';
  out.push_back({"row_of_newer_format", "Refused by name.", newer});

  const Record nul = recordOf(Bytes("\0", 1), 1, "nul");
  const Record high = recordOf("\xff\xff", -1, "0xff");
  out.push_back({"entries_nul_and_ff_keys", "Three entries; keys of NUL and 0xff.",
                 entriesOf({nul, high, tombstoneOf(Bytes("\0\xff", 2), INT64_MAX)})});
  const Bytes longest(Limits().keyBytesMax, 'k');
  out.push_back(
      {"entries_largest_key", "The largest key.", entriesOf({recordOf(longest, 1, "v")})});
  Bytes skippable = entriesOf({nul, high});
  skippable[5] = 1;
  skippable[6] = 9;
  out.push_back({"entries_skippable", "An unknown kind that may be passed over.", skippable});
}

Hint hintOf(const Record& record) {
  Hint hint;
  hint.id = {{3}, hintNumbersBefore(17) + 5};
  hint.keptAt = {1'795'236'306'700'000};
  hint.expiresAt = {1'795'247'106'700'000};
  hint.dispatchedAtMicros = 1'795'236'306'646'400;
  hint.record = record;
  return hint;
}

RepairMark markOf(bool needed) {
  return {{3}, Bytes("\0k", 2), "m", {1'795'236'306'700'000}, needed};
}

void addHints(std::vector<GoldenCase>& out) {
  const Record record = recordOf("key", 1'795'236'306'646'329, "value");
  const Hint hint = hintOf(record);
  Bytes entries;
  appendEntry(entries, record);
  appendEntry(entries, hint);
  appendEntry(entries, hintOf(tombstoneOf("gone", 7)));
  out.push_back({"entries_hints", "A row, and two writes that another node missed.", entries});
  entries.clear();
  for (const HintEnd end :
       {HintEnd::delivered, HintEnd::cancelled, HintEnd::expired, HintEnd::refused})
    appendEntry(entries, HintDone{hint.id, end});
  out.push_back({"entries_hint_done", "Every way in which a hint ends.", entries});
  entries.clear();
  appendEntry(entries, markOf(true));
  appendEntry(entries, markOf(false));
  out.push_back({"entries_repair_marks", "A range needs repair, and has been repaired.", entries});
  out.push_back({"hint_value", "As the store has it.", *rowOf(hint).value});
  Bytes newer = *rowOf(hint).value;
  newer[0] = '\xff';
  out.push_back({"hint_of_newer_format", "Refused by name.", newer});
  out.push_back({"mark", "A repair mark, as the store has it.", *rowOf(markOf(true)).value});
}

SegmentHeader headerOf(bool recycled, LogCompression codec = LogCompression::none) {
  SegmentHeader header;
  header.owner = goldenPlace().owner;
  header.codec = codec;
  header.recycled = recycled;
  header.id = goldenPlace().id;
  header.predecessor = {41, 1900, 0x1122334455667788};
  header.syncedTo = {41, 1900};
  return header;
}

// Two batches and a mark, each synced before the next was written.
SegmentBuilder filled(SegmentBuilder builder) {
  const LogPosition before{41, 1900};
  builder.add({recordOf("a", 10, "first"), recordOf("b", 11, Bytes(200, 'b'))}, before);
  LogPosition synced = builder.at();
  builder.add({tombstoneOf("a", 12)}, synced);
  synced = builder.at();
  builder.add({}, synced);
  return builder;
}

Bytes earlierLife() {
  SegmentHeader header = headerOf(false);
  header.id = 39;
  SegmentBuilder builder(header, fileBytes);
  for (int i = 0; i < 8; ++i) builder.add({recordOf("old", i, Bytes(100, 'o'))}, builder.at());
  return builder.file();
}

// The last batch, whose mark has not come, reached the disk up to `kept` bytes.
Bytes torn(SegmentBuilder builder, std::size_t kept) {
  Bytes file = builder.file();
  const std::size_t from = builder.at().offset;
  const LogPosition synced = builder.at();
  builder.add({recordOf("c", 13, Bytes(90, 'c'))}, synced);
  return file.replace(from, kept, builder.file(), from, kept);
}

void addSegments(std::vector<GoldenCase>& out) {
  out.push_back({"header_plain", "The first 128 bytes of a new segment.", encode(headerOf(false))});
  out.push_back({"header_of_codec_1", "The header of one used again, whose batches may be zstd.",
                 encode(headerOf(true, LogCompression::zstd))});

  SegmentBuilder clean = filled(SegmentBuilder(headerOf(false), fileBytes));
  out.push_back({"segment_clean", "Two batches, a mark, and zeroes.", clean.file()});
  out.push_back({"segment_torn", "A last batch of which 100 bytes came.", torn(clean, 100)});
  Bytes damaged = clean.file();
  damaged[segmentHeaderBytes + 90] ^= 4;
  out.push_back({"segment_damaged", "A bit of the first batch is flipped.", damaged});
  clean.end(clean.at());
  out.push_back({"segment_ended", "With a trailer.", clean.file()});

  SegmentBuilder again = filled(SegmentBuilder(headerOf(true), earlierLife()));
  out.push_back({"segment_recycled", "Bytes of an earlier life follow.", again.file()});
  out.push_back({"segment_recycled_torn", "The same, with a torn tail.", torn(again, 100)});
  out.push_back({"segment_unused", "Only an earlier life's bytes.", earlierLife()});
  SegmentBuilder packed = filled(SegmentBuilder(headerOf(false, LogCompression::zstd), fileBytes));
  packed.end(packed.at());
  out.push_back({"segment_compressed", "The first batch is zstd, the second did not shrink.",
                 packed.file(), false});
}

void addStore(std::vector<GoldenCase>& out) {
  out.push_back({"applied", "The store's applied position.", encodeApplied({42, 1900})});
  Fence fence;
  fence.raise("a", {12, 0x9f3c});
  fence.raise("b", {1'795'236'306'646'329, 0x9f3c});
  out.push_back({"fence", "The store's fences: two of the 1024 are raised.", encode(fence)});
}

void addIdentity(std::vector<GoldenCase>& out) {
  Identity identity;
  identity.cluster = goldenPlace().owner.cluster;
  identity.node = {2};
  identity.directory = goldenPlace().owner.directory;
  identity.boot = 17;
  identity.writer = 0x9f3c;
  identity.ringHash = 0xaabbccdd;
  identity.tokens = {Bytes("\0", 1), "m"};
  identity.era = 1;
  identity.hashSeed = 0x1234;
  out.push_back({"identity", "Every field of this version.", encode(identity)});
  identity.extensions[11] = "of a later version";
  out.push_back({"identity_unknown_field", "A field that is kept as it is.", encode(identity)});
  out.push_back({"identity_of_newer_format", "Refused by name.", newerFormat(encode(identity))});
}

void addClock(std::vector<GoldenCase>& out) {
  const Bytes file = encodeClockCeiling(1'795'236'306'646'329);
  out.push_back({"clock", "The ceiling of the stamps.", file});
  out.push_back({"clock_of_newer_format", "Refused by name.", newerFormat(file)});
}

void addPeers(std::vector<GoldenCase>& out) {
  using namespace membership;
  PeerFile file;
  file.cluster = goldenPlace().owner.cluster;
  file.self = {2};
  file.directory = goldenPlace().owner.directory;
  out.push_back({"peers_none", "A new directory's: nothing is known yet.", encode(file)});
  file.confirmed = true;
  file.peers.push_back({{0}, {0xd0}, {7, 0x77}, {6, 0x66}, {12, 4096}, true, {}});
  file.peers.push_back(
      {{1}, {0xd1}, {3, 0x33}, {0, 0}, {9, 128}, false, Objection{{0xd9}, "another directory"}});
  out.push_back({"peers", "Two peers; one is objected to.", encode(file)});
  file.ownRebuilding = "a segment is damaged";
  out.push_back({"peers_rebuilding", "And this node may not vote.", encode(file)});
  out.push_back({"peers_of_newer_format", "Refused by name.", newerFormat(encode(file))});
}

}  // namespace

std::vector<GoldenCase> goldenCases() {
  std::vector<GoldenCase> cases;
  addRecords(cases);
  addHints(cases);
  addSegments(cases);
  addStore(cases);
  addIdentity(cases);
  addClock(cases);
  addPeers(cases);
  return cases;
}

}  // namespace henge::golden

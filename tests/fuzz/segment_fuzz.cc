// Any bytes as a segment's file: as they are, and with checksums and links that are right, so that
// what is behind them is reached.
#include <algorithm>

#include "server/storage/batch_payload.h"
#include "server/storage/segment_reader.h"
#include "tests/fuzz/fuzz_target.h"

using namespace henge;
using namespace henge::storage;

namespace {

constexpr std::size_t batchesMax = 64;

// As in tests/golden/format.
SegmentPlace place() {
  return {{ClusterId{0x5f3a9c0012d4e8b7}, DirectoryId{0xd1d2d3d4d5d6d7d8}, 0}, 42, 40};
}

bool isSame(const DecodedEntries& a, const DecodedEntries& b) {
  const auto alike = [](const Record& x, const Record& y) {
    return x == y && x.extensions == y.extensions;
  };
  return std::equal(a.records.begin(), a.records.end(), b.records.begin(), b.records.end(), alike);
}

// One batch: its entries, written again plain and packed, come back as they were.
void checkBatch(const Batch& batch, BytesView file) {
  fuzz::require(batch.payload.data() >= file.data() &&
                    batch.payload.data() + batch.payload.size() <= file.data() + file.size(),
                "a payload lies in the file");
  fuzz::require(checkKnown(batch.header).ok(), "nothing unknown is handed on");
  const auto entries = entriesOf(batch, file.size());
  if (!entries) return;
  static Compressor compressor;
  Bytes again(batchHeaderBytes, '\0');
  for (const Record& record : entries->records) appendEntry(again, record);
  const std::size_t plain = again.size();
  Batch second = batch;
  second.header.count = static_cast<std::uint32_t>(entries->records.size());
  second.header.codec = pack(again, compressor);
  second.payload = BytesView(again).substr(batchHeaderBytes);
  const auto back = entriesOf(second, plain);
  fuzz::require(back.ok() && isSame(*entries, *back), "entries come back as they were");
}

void checkVerdict(const SegmentContent& content, BytesView file) {
  const bool damaged = content.end == SegmentEnd::damaged;
  fuzz::require(damaged == !content.reason.empty(), "damage, and only damage, has its reason");
  fuzz::require(content.endOffset <= file.size(), "the end lies in the file");
  fuzz::require(content.tornBytes <= file.size(), "what is torn lies in the file");
  fuzz::require(content.end != SegmentEnd::unused || content.batches.empty(), "unused is empty");
  if (damaged || content.end == SegmentEnd::unused) return;
  // A successor that links to what was read changes nothing; one that does not is damage.
  SegmentHeader next;
  next.owner = place().owner;
  next.id = place().id + 1;
  next.predecessor = {place().id, content.endOffset, content.lastChecksum};
  fuzz::require(readSegment(file, place(), next)->end == content.end, "the right successor fits");
  ++next.predecessor.checksum;
  fuzz::require(readSegment(file, place(), next)->end == SegmentEnd::damaged,
                "a wrong one is seen");
}

void check(BytesView file) {
  const auto content = readSegment(file, place(), {});
  const auto again = readSegment(file, place(), {});
  fuzz::require(content.ok() == again.ok(), "reading twice is reading once");
  if (!content) return fuzz::require(!content.error().message.empty(), "an error says what it is");
  fuzz::require(content->end == again->end && content->endOffset == again->endOffset,
                "reading twice is reading once");
  for (const Batch& batch : content->batches) checkBatch(batch, file);
  checkVerdict(*content, file);
}

// Puts in what chance does not find: owner, place, links and checksums.
Bytes mended(BytesView bytes) {
  Bytes file(bytes);
  if (file.size() < segmentHeaderBytes) return file;
  SegmentHeader header;
  header.owner = place().owner;
  header.id = place().id;
  header.codec = static_cast<LogCompression>(file[36] & 1);
  header.recycled = (file[37] & 1) != 0;
  header.predecessor = {41, 1900, 7};
  header.syncedTo = {41, 1900};
  const Bytes encoded = encode(header);
  file.replace(0, encoded.size(), encoded);
  std::uint64_t previous = checksumOfHeader(encoded);
  std::uint64_t at = segmentHeaderBytes;
  for (std::uint32_t sequence = 1; sequence <= batchesMax; ++sequence) {
    if (at + batchHeaderBytes > file.size()) break;
    LittleEndianReader in(BytesView(file).substr(at + 40));
    BatchHeader batch;
    batch.directory = place().owner.directory;
    batch.at = {place().id, at};
    batch.previous = previous;
    batch.syncedTo = in.position();
    batch.sequence = sequence;
    in.u32();
    const std::uint64_t room = file.size() - at - batchHeaderBytes;
    const std::uint64_t length = batchHeaderBytes + in.u32() % (room + 1);
    batch.count = in.u32();
    batch.kind = static_cast<BatchKind>(in.u8());
    batch.codec = static_cast<LogCompression>(in.u8());
    if (batch.kind == BatchKind{}) break;  // the rest stays as it is
    Bytes sealed = file.substr(at, length);
    previous = seal(sealed, batch);
    file.replace(at, length, sealed);
    at += length;
  }
  return file;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes = fuzz::viewOf(data, size);
  check(bytes);
  check(mended(bytes));
  const auto header = decodeSegmentHeader(bytes);
  if (header.ok()) fuzz::require(decodeSegmentHeader(encode(*header)).ok(), "a header comes back");
  fuzz::roundTrip(
      bytes, decodeTrailer,
      [](const SegmentTrailer& trailer) {
        Bytes out;
        append(out, trailer);
        return out;
      },
      fuzz::equal);
  return 0;
}

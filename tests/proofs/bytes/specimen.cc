#include "tests/proofs/bytes/specimen.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "server/storage/batch_payload.h"
#include "server/storage/segment_names.h"
#include "tests/proofs/bytes/random_records.h"

namespace henge::proofs {

namespace {

using namespace storage;

constexpr std::uint64_t behindKept = 4096;  // of what follows the used bytes

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "no proof: %s\n", what);
  std::exit(1);
}

// Writes until a segment is as it was asked for.
class Writer {
 public:
  Writer(SpecimenKind kind, std::uint64_t bytesMin, std::uint64_t seed)
      : kind_(kind), bytesMin_(bytesMin), records_(seed), world_(options(), storeOptions()) {}

  void write() {
    require(world_.open().ok(), "the storage did not open");
    do burst();
    while (!isLongEnough());
    target_ = world_.shard->status().end.segment;
    if (!kind_.followed) return;
    world_.settle(11_s);  // older than segmentAgeMax: it rolls
    burst();
    require(world_.shard->status().end.segment == target_ + 1, "the segment did not roll");
  }

  std::uint64_t target() const { return target_; }
  const std::vector<Record>& written() const { return written_; }
  Bytes file(std::uint64_t id) const {
    return world_.files.contents(logDirectory(0) + "/" + segmentName(id)).value_or(Bytes());
  }

 private:
  StorageOptions options() const {
    StorageOptions options = smallOptions();
    options.logCompression = kind_.codec;
    options.segmentBytes = bytesMin_ * (kind_.codec == LogCompression::none ? 2 : 8);
    options.logBytesMax = 1ULL << 30;
    return options;
  }
  // Segments are used again when the store has persisted what they held.
  MemoryStoreOptions storeOptions() const {
    return {.latency = {},
            .answersCached = true,
            .unflushedBatchesMax = kind_.usedAgain ? 1U : 1'000'000U};
  }

  void burst() { require(records_.burst(world_, written_), "a write was not answered"); }

  bool isLongEnough() const {
    const LogPosition end = world_.shard->status().end;
    if (end.offset < bytesMin_) return false;
    const auto header = headerInUse(file(end.segment), testOwner(), end.segment);
    require(header.has_value(), "the segment in use has no header");
    return header->recycled == kind_.usedAgain;
  }

  SpecimenKind kind_;
  std::uint64_t bytesMin_;
  RandomRecords records_;
  ShardWorld world_;
  std::vector<Record> written_;
  std::uint64_t target_ = 0;
};

std::string nameOf(SpecimenKind kind) {
  std::string name = kind.codec == LogCompression::none ? "plain" : "zstd";
  name += kind.usedAgain ? ", used again" : ", new";
  return name + (kind.followed ? ", followed" : ", last");
}

// What is read is what was written, in its order, without a gap.
void compare(const Specimen& specimen, const std::vector<Record>& written) {
  auto next = written.end();
  for (const Batch& batch : specimen.batches) {
    const auto entries = entriesOf(batch, specimen.bytes.size());
    require(entries.ok(), "a batch cannot be decoded");
    for (const Record& record : entries->records) {
      if (next == written.end())
        next = std::find_if(written.begin(), written.end(),
                            [&](const Record& w) { return w.version == record.version; });
      require(next != written.end() && *next == record, "a record is not as it was written");
      require(next->extensions == record.extensions, "an extension is not as it was written");
      ++next;
    }
  }
}

}  // namespace

std::optional<SegmentHeader> Specimen::successorHeader() const {
  return headerInUse(successor, place.owner, place.id + 1);
}

Specimen makeSpecimen(SpecimenKind kind, std::uint64_t bytesMin, std::uint64_t seed) {
  Writer writer(kind, bytesMin, seed);
  writer.write();
  Specimen specimen;
  specimen.name = nameOf(kind);
  specimen.place = {testOwner(), writer.target(), writer.target() - 1};
  specimen.bytes = writer.file(writer.target());
  specimen.successor = writer.file(writer.target() + 1).substr(0, segmentHeaderBytes);
  require(specimen.successorHeader().has_value() == kind.followed, "the successor is not right");
  specimen.used = readSegment(specimen.bytes, specimen.place, {})->endOffset;
  specimen.bytes.resize(std::min(specimen.bytes.size(), specimen.used + behindKept));

  auto content = readSegment(specimen.bytes, specimen.place, specimen.successorHeader());
  require(content.ok() && content->endOffset == specimen.used, "the segment cannot be read");
  require(content->end == (kind.followed ? SegmentEnd::ended : SegmentEnd::clean),
          "the segment does not end as it should");
  require(specimen.used >= bytesMin, "the segment is too short");
  specimen.batches = content->batches;
  for (const Batch& batch : specimen.batches) specimen.records += batch.header.count;
  specimen.vouchedTo = kind.followed ? specimen.used : specimen.batches.back().header.at.offset;
  compare(specimen, writer.written());
  return specimen;
}

}  // namespace henge::proofs

#include "server/storage/segment_reader.h"

#include <algorithm>

#include "server/storage/little_endian.h"

namespace henge::storage {

namespace {

class Reading {
 public:
  Reading(BytesView bytes, const SegmentOwner& owner, std::uint64_t id)
      : bytes_(bytes), owner_(owner), id_(id) {}

  Result<SegmentContent> read(const std::optional<SegmentHeader>& successor);

 private:
  Status readHeader();
  void readRun();
  void readBehind();
  SegmentEnd verdict(const std::optional<SegmentHeader>& successor);
  std::uint64_t lengthOfRest() const;
  LogPosition runEnd() const { return {id_, content_.endOffset}; }
  void keep(const Batch& batch, std::vector<Batch>& where);

  BytesView bytes_;
  const SegmentOwner& owner_;
  std::uint64_t id_;
  std::optional<SegmentHeader> header_;
  bool ended_ = false;
  std::vector<Batch> behind_;    // valid by themselves, but not part of the run
  std::uint64_t behindEnd_ = 0;  // where the last one of them ends; 0: there are none
  LogPosition syncedTo_;         // the greatest that those behind bear witness to
  SegmentContent content_;
};

Error foreign(const std::string& what, const std::string& theirs, const std::string& ours) {
  return {ErrorKind::mismatch, "belongs to " + what + " " + theirs + ", this directory to " + ours};
}

Status checkOwner(const SegmentOwner& theirs, const SegmentOwner& ours) {
  if (theirs.cluster != ours.cluster)
    return foreign("cluster", toString(theirs.cluster), toString(ours.cluster));
  if (theirs.directory != ours.directory)
    return foreign("directory", toString(theirs.directory), toString(ours.directory));
  if (theirs.shard != ours.shard)
    return foreign("shard", std::to_string(theirs.shard), std::to_string(ours.shard));
  return {};
}

Result<SegmentContent> Reading::read(const std::optional<SegmentHeader>& successor) {
  if (Status status = readHeader(); !status) return status.error();
  if (header_) readRun();
  if (!ended_) readBehind();
  content_.end = verdict(successor);
  if (content_.end == SegmentEnd::damaged)
    content_.batches.insert(content_.batches.end(), behind_.begin(), behind_.end());
  return std::move(content_);
}

// Leaves header_ empty if there is none that can be trusted; the batches decide what that means.
Status Reading::readHeader() {
  Result<SegmentHeader> header = decodeSegmentHeader(bytes_);
  if (!header) {
    bool refused =
        header.error().kind == ErrorKind::mismatch || header.error().kind == ErrorKind::unsupported;
    return refused ? Status(header.error()) : Status();
  }
  if (Status status = checkOwner(header->owner, owner_); !status) return status;
  if (header->id == id_) header_ = *header;
  return {};
}

void Reading::readRun() {
  std::uint64_t previous = header_->checksum;
  std::uint32_t sequence = 0;
  content_.endOffset = segmentHeaderBytes;
  while (!ended_) {
    std::optional<Batch> batch = batchAt(bytes_, owner_.directory, runEnd());
    if (!batch || batch->header.previous != previous || batch->header.sequence != sequence + 1)
      return;
    keep(*batch, content_.batches);
    previous = content_.lastChecksum = batch->header.checksum;
    sequence = batch->header.sequence;
    content_.endOffset += batch->header.length;
    ended_ = batch->header.kind == BatchKind::trailer;
  }
}

// Directory and segment stand next to each other in every batch header: that is what is looked for.
void Reading::readBehind() {
  Bytes pattern;
  appendU64(pattern, owner_.directory.value);
  appendU64(pattern, id_);
  std::size_t at = std::max<std::size_t>(content_.endOffset, segmentHeaderBytes) + 8;
  while ((at = bytes_.find(pattern, at)) != BytesView::npos) {
    std::optional<Batch> batch = batchAt(bytes_, owner_.directory, {id_, at - 8});
    if (!batch) {
      ++at;
      continue;
    }
    keep(*batch, behind_);
    syncedTo_ = std::max(syncedTo_, batch->header.syncedTo);
    at += batch->header.length;
    behindEnd_ = at - 8;
  }
}

SegmentEnd Reading::verdict(const std::optional<SegmentHeader>& successor) {
  if (bytes_.size() < segmentHeaderBytes) {
    content_.reason = "it has " + std::to_string(bytes_.size()) +
                      " bytes, and a segment gets its name only when it is whole";
    return SegmentEnd::damaged;
  }
  if (syncedTo_ > runEnd()) {
    content_.reason = "what stood here was synced: a later batch says so";
    return SegmentEnd::damaged;
  }
  if (successor) {
    Predecessor should = successor->predecessor;
    Predecessor is{id_, content_.endOffset, content_.lastChecksum};
    if (is != should) {
      content_.reason = "the next segment says that this one ends at " +
                        std::to_string(should.end) + ", or otherwise";
      return SegmentEnd::damaged;
    }
  }
  if (ended_) return SegmentEnd::ended;
  content_.tornBytes = lengthOfRest();
  if (!header_) return SegmentEnd::unused;
  return content_.tornBytes > 0 ? SegmentEnd::torn : SegmentEnd::clean;
}

// Of what was written behind the run, as far as it can be told from what was there before.
std::uint64_t Reading::lengthOfRest() const {
  if (behindEnd_ > 0) return behindEnd_ - content_.endOffset;
  if (!header_) return 0;
  if (header_->recycled) {
    if (!beginsBatch(bytes_, owner_.directory, runEnd())) return 0;
    LittleEndianReader in(bytes_.substr(content_.endOffset));
    in.bytes(60);
    return std::min<std::uint64_t>(in.u32(), bytes_.size() - content_.endOffset);
  }
  std::size_t last = bytes_.find_last_not_of('\0');
  return last == BytesView::npos || last < content_.endOffset ? 0 : last + 1 - content_.endOffset;
}

void Reading::keep(const Batch& batch, std::vector<Batch>& where) {
  if (batch.header.kind == BatchKind::entries && batch.header.count > 0) where.push_back(batch);
  if (batch.header.kind != BatchKind::trailer) return;
  Result<SegmentTrailer> trailer = decodeTrailer(batch.payload);
  if (trailer) content_.trailer = std::move(trailer).value();
}

}  // namespace

std::uint64_t SegmentContent::entries() const {
  std::uint64_t sum = 0;
  for (const Batch& batch : batches) sum += batch.header.count;
  return sum;
}

Result<SegmentContent> readSegment(BytesView bytes, const SegmentOwner& owner, std::uint64_t id,
                                   const std::optional<SegmentHeader>& successor) {
  return Reading(bytes, owner, id).read(successor);
}

std::optional<SegmentHeader> headerInUse(BytesView bytes, const SegmentOwner& owner,
                                         std::uint64_t id) {
  Result<SegmentHeader> header = decodeSegmentHeader(bytes);
  if (!header || header->owner != owner || header->id != id) return std::nullopt;
  return *header;
}

}  // namespace henge::storage

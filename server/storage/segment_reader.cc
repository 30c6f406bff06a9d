#include "server/storage/segment_reader.h"

#include <algorithm>

#include "server/storage/little_endian.h"

namespace henge::storage {

namespace {

class Reading {
 public:
  Reading(BytesView bytes, const SegmentPlace& place)
      : bytes_(bytes), place_(place), id_(place.id) {}

  Result<SegmentContent> read(const std::optional<SegmentHeader>& successor);

 private:
  Status readHeader();
  void readRun();
  void readBehind();
  std::optional<Batch> at(LogPosition position);
  SegmentEnd verdict(const std::optional<SegmentHeader>& successor);
  std::string damage(const std::optional<SegmentHeader>& successor) const;
  std::uint64_t lengthOfRest() const;
  LogPosition runEnd() const { return {id_, content_.endOffset}; }
  void keep(const Batch& batch, std::vector<Batch>& where);

  BytesView bytes_;
  const SegmentPlace& place_;
  std::uint64_t id_;
  std::optional<SegmentHeader> header_;
  std::uint64_t otherId_ = 0;  // of the segment whose header stands here instead; 0: none
  Status unknown_;             // a batch of a newer version
  bool ended_ = false;
  std::vector<Batch> behind_;    // valid by themselves, but not part of the run
  bool firstBehind_ = false;     // the segment's first batch is one of them
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
  if (!unknown_) return unknown_.error();
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
  if (Status status = checkOwner(header->owner, place_.owner); !status) return status;
  if (header->id == id_)
    header_ = *header;
  else
    otherId_ = header->id;
  return {};
}

// What is whole by its checksum was written so: if it cannot be understood, it is newer.
std::optional<Batch> Reading::at(LogPosition position) {
  std::optional<Batch> batch = batchAt(bytes_, place_.owner.directory, position);
  if (!batch) return std::nullopt;
  if (Status known = checkKnown(batch->header); !known) unknown_ = known;
  return batch;
}

void Reading::readRun() {
  std::uint64_t previous = header_->checksum;
  std::uint32_t sequence = 0;
  content_.endOffset = segmentHeaderBytes;
  while (!ended_) {
    std::optional<Batch> batch = at(runEnd());
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
  appendU64(pattern, place_.owner.directory.value);
  appendU64(pattern, id_);
  std::size_t found = std::max<std::size_t>(content_.endOffset, segmentHeaderBytes) + 8;
  while ((found = bytes_.find(pattern, found)) != BytesView::npos) {
    std::optional<Batch> batch = at({id_, found - 8});
    if (!batch) {
      if (auto claim = claimAt(bytes_, place_.owner.directory, {id_, found - 8}))
        syncedTo_ = std::max(syncedTo_, *claim);
      ++found;
      continue;
    }
    keep(*batch, behind_);
    firstBehind_ = firstBehind_ || batch->header.at.offset == segmentHeaderBytes;
    syncedTo_ = std::max(syncedTo_, batch->header.syncedTo);
    found += batch->header.length;
    behindEnd_ = found - 8;
  }
}

SegmentEnd Reading::verdict(const std::optional<SegmentHeader>& successor) {
  content_.reason = damage(successor);
  if (!content_.reason.empty()) return SegmentEnd::damaged;
  if (ended_) return SegmentEnd::ended;
  content_.tornBytes = lengthOfRest();
  if (!header_) return SegmentEnd::unused;
  return content_.tornBytes > 0 ? SegmentEnd::torn : SegmentEnd::clean;
}

// Empty if there is none.
std::string Reading::damage(const std::optional<SegmentHeader>& successor) const {
  if (bytes_.size() < segmentHeaderBytes)
    return "it has " + std::to_string(bytes_.size()) +
           " bytes, and a segment gets its name only when it is whole";
  if (otherId_ > place_.usedAgainMax)
    return "it holds segment " + std::to_string(otherId_) +
           ": files of the log were renamed, swapped or copied";
  if (syncedTo_ > runEnd()) return "what stood here was synced: a later batch says so";
  // Both are of one write and begin in one sector, which the disk has whole or not at all.
  if (!header_ && firstBehind_) return "its header is not there, and its first batch is";
  if (!successor) return {};
  Predecessor should = successor->predecessor;
  if (should == Predecessor{id_, content_.endOffset, content_.lastChecksum}) return {};
  return "the next segment says that this one ends at " + std::to_string(should.end) +
         ", or otherwise";
}

// Of what was written behind the run, as far as it can be told from what was there before.
std::uint64_t Reading::lengthOfRest() const {
  if (behindEnd_ > 0) return behindEnd_ - content_.endOffset;
  if (!header_) return 0;
  if (header_->recycled) {
    bool first = content_.endOffset == segmentHeaderBytes;
    std::uint64_t previous = first ? header_->checksum : content_.lastChecksum;
    if (!bearsThisLife(bytes_, runEnd(), previous)) return 0;
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

Result<SegmentContent> readSegment(BytesView bytes, const SegmentPlace& place,
                                   const std::optional<SegmentHeader>& successor) {
  return Reading(bytes, place).read(successor);
}

std::optional<SegmentHeader> headerInUse(BytesView bytes, const SegmentOwner& owner,
                                         std::uint64_t id) {
  Result<SegmentHeader> header = decodeSegmentHeader(bytes);
  if (!header || header->owner != owner || header->id != id) return std::nullopt;
  return *header;
}

}  // namespace henge::storage

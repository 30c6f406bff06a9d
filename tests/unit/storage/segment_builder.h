// Segments as the committer would write them, byte by byte.
#pragma once

#include <vector>

#include "server/storage/batch_payload.h"
#include "server/storage/segment_format.h"

namespace henge::storage {

class SegmentBuilder {
 public:
  explicit SegmentBuilder(SegmentHeader header, std::size_t fileBytes = 4096)
      : header_(header), file_(fileBytes, '\0') {
    Bytes encoded = encode(header_);
    previous_ = checksumOfHeader(encoded);
    file_.replace(0, encoded.size(), encoded);
  }

  // Over bytes of an earlier life.
  SegmentBuilder(SegmentHeader header, const Bytes& earlier)
      : SegmentBuilder(header, earlier.size()) {
    Bytes head = file_.substr(0, segmentHeaderBytes);
    file_ = earlier;
    file_.replace(0, head.size(), head);
  }

  SegmentBuilder& add(const std::vector<Record>& records, LogPosition syncedTo) {
    Bytes batch(batchHeaderBytes, '\0');
    for (const Record& record : records) {
      appendEntry(batch, record);
      summary_.add(record);
    }
    return put(std::move(batch), records.size(), syncedTo, BatchKind::entries);
  }

  SegmentBuilder& end(LogPosition syncedTo) {
    SegmentTrailer trailer;
    trailer.end = offset_ + batchHeaderBytes + trailerPayloadBytes(summary_);
    trailer.checksum = previous_;
    trailer.summary = summary_;
    Bytes batch(batchHeaderBytes, '\0');
    append(batch, trailer);
    return put(std::move(batch), 0, syncedTo, BatchKind::trailer);
  }

  const Bytes& file() const { return file_; }
  LogPosition at() const { return {header_.id, offset_}; }
  std::uint64_t lastChecksum() const { return previous_; }

 private:
  SegmentBuilder& put(Bytes batch, std::size_t count, LogPosition syncedTo, BatchKind kind) {
    BatchHeader header;
    header.directory = header_.owner.directory;
    header.at = at();
    header.previous = previous_;
    header.syncedTo = syncedTo;
    header.sequence = ++sequence_;
    header.count = static_cast<std::uint32_t>(count);
    header.kind = kind;
    Compressor compressor;
    if (header_.codec == LogCompression::zstd && count > 0) header.codec = pack(batch, compressor);
    previous_ = seal(batch, header);
    file_.replace(offset_, batch.size(), batch);
    offset_ += batch.size();
    return *this;
  }

  SegmentHeader header_;
  Bytes file_;
  std::uint64_t offset_ = segmentHeaderBytes;
  std::uint64_t previous_ = 0;
  std::uint32_t sequence_ = 0;
  SegmentSummary summary_;
};

}  // namespace henge::storage

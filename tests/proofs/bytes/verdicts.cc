#include "tests/proofs/bytes/verdicts.h"

#include <algorithm>

#include "server/storage/batch_payload.h"

namespace henge::proofs {

using namespace storage;

namespace {

std::vector<Batch>::const_iterator at(const std::vector<Batch>& batches, LogPosition place) {
  return std::lower_bound(
      batches.begin(), batches.end(), place,
      [](const Batch& batch, LogPosition wanted) { return batch.header.at < wanted; });
}

}  // namespace

Tally& Tally::operator+=(const Tally& other) {
  tried += other.tried;
  damage += other.damage;
  torn += other.torn;
  wrong += other.wrong;
  silent += other.silent;
  decoded += other.decoded;
  return *this;
}

void SegmentJudge::judge(BytesView damaged, std::uint64_t from, std::uint64_t end,
                         Tally& tally) const {
  ++tally.tried;
  const auto content = readSegment(damaged, specimen_.place, specimen_.successorHeader());
  if (!content) return ++tally.silent, void();  // no bit makes it another's, or a newer one
  for (const Batch& batch : content->batches)
    if (isWrong(batch, damaged, tally)) return ++tally.wrong, void();
  const bool unvouched = from >= specimen_.vouchedTo && end <= specimen_.used;
  if (content->end == SegmentEnd::damaged && !content->reason.empty() && content->endOffset <= from)
    return ++tally.damage, void();
  // All that was synced for certain is there, and what is cut is said.
  if (content->end == SegmentEnd::torn && unvouched && content->tornBytes > 0 &&
      !isMissing(content->batches, specimen_.vouchedTo))
    return ++tally.torn, void();
  ++tally.silent;
}

// Bytes that are the same decode to the same; what is not is decoded and compared.
bool SegmentJudge::isWrong(const Batch& batch, BytesView damaged, Tally& tally) const {
  const auto written = at(specimen_.batches, batch.header.at);
  if (written == specimen_.batches.end() || written->header.at != batch.header.at) return true;
  const std::uint64_t offset = batch.header.at.offset;
  const std::uint64_t length = written->header.length;
  if (batch.header == written->header &&
      damaged.substr(offset, length) == BytesView(specimen_.bytes).substr(offset, length))
    return false;
  ++tally.decoded;
  const auto is = entriesOf(batch, damaged.size());
  const auto was = entriesOf(*written, specimen_.bytes.size());
  return !is || is->records != was->records;
}

bool SegmentJudge::isMissing(const std::vector<Batch>& read, std::uint64_t before) const {
  const auto due = at(specimen_.batches, {specimen_.place.id, before}) - specimen_.batches.begin();
  return static_cast<std::ptrdiff_t>(read.size()) < due;
}

}  // namespace henge::proofs

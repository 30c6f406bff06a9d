// What a shard's storage tells of its log.
#include <algorithm>

#include "server/storage/shard_storage.h"

namespace henge::storage {

namespace {

Duration micros(std::uint64_t count) { return {static_cast<std::int64_t>(count)}; }

std::vector<LogSegment> segmentsOf(const Segments& segments, const Committer& committer,
                                   std::uint64_t segmentBytes) {
  using State = LogSegment::State;
  std::vector<LogSegment> all;
  for (const FoundSegments::Closed& closed : segments.closed())
    all.push_back({closed.end.segment, closed.fileBytes, closed.end.offset, State::closed});
  if (segments.isInUse()) {
    const std::uint64_t end = committer.openBytes();
    all.push_back({segments.inUse(), std::max(end, segmentBytes), end, State::active});
  }
  if (segments.hasReady()) all.push_back({segments.readyId(), segmentBytes, 0, State::ready});
  return all;
}

}  // namespace

LogView ShardStorage::log() const {
  LogView view;
  view.segments = segmentsOf(segments_, committer_, options_.segmentBytes);
  view.segmentCount = view.segments.size();
  view.spares = segments_.spares();
  view.applied = checkpoint_.applied();
  view.synced = committer_.synced();
  view.end = committer_.end();
  view.logSync = nameOf(options_.logSync);
  view.bytes = logBytes();
  view.bytesMax = options_.logBytesMax;
  for (const LogSegment& segment : view.segments)
    if (segment.id > view.applied.segment) view.bytesSinceCheckpoint += segment.end;
  view.syncs = committer_.syncs();
  view.records = committer_.records();
  const Histogram& times = committer_.syncTimes();
  view.syncHalf = micros(times.quantile(500));
  view.sync99 = micros(times.quantile(990));
  view.syncMax = micros(times.greatest());
  view.replayedSegments = opened_.segments;
  view.replayedRecords = opened_.records;
  view.replayTook = {opened_.micros};
  view.tornBytes = opened_.tornBytes;
  view.cutAt = opened_.cutAt;
  view.damage = replay_.quarantine().damage();
  return view;
}

}  // namespace henge::storage

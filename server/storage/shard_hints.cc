// Hints on their way through the shard: the same log, tables and store as its records, without a
// look at what is held.
#include "core/rehearsal.h"
#include "server/storage/hint_codec.h"
#include "server/storage/shard_storage.h"

namespace henge::storage {

// Hints give way to writes: one that finds no room costs a repair, a write that finds none costs
// its client an error.
Status ShardStorage::roomForHint(std::uint64_t bytes) {
  const std::uint64_t pending = writes_.bytes() + hintBytesPending_;
  const bool tooMuchPending = pending > 0 && pending + bytes > options_.pendingBytesMaxOfHints();
  const bool tooManyTables = tables_.frozen() >= options_.frozenTablesMaxOfHints();
  if (!tooMuchPending && !tooManyTables && logBytes() < options_.logBytesMaxOfHints()) return {};
  probe("hints: give way to writes");
  return Error{ErrorKind::overloaded, "the log has room for writes alone"};
}

// Those that writes in work leave while they are drained are taken too, as long as there is a log.
// What ends a hint, and what says that a range must be repaired, is taken with as little space left
// as a remove.
Status ShardStorage::appendHint(HintEntry entry) {
  const std::uint64_t bytes = entryBytes(entry);
  const bool adds = std::holds_alternative<Hint>(entry);
  const bool closing = state_ == State::draining && drainStep_ <= DrainStep::log;
  if (state_ != State::serving && !closing) return notServing();
  space_.look();
  Status status = adds ? roomForHint(bytes) : Status();
  if (status) status = admitNow(bytes);
  if (status) status = space_.admit(adds ? RecordKind::value : RecordKind::tombstone, bytes);
  if (!status) return status;
  hintBytesPending_ += bytes;
  if (const auto* done = std::get_if<HintDone>(&entry)) hintScans_.onEnding(done->id);
  committer_.append(std::move(entry));
  return {};
}

void ShardStorage::insertHint(const Append& append) {
  hintBytesPending_ -= append.bytes;
  tables_.insert(*append.hint);
  if (const auto* done = std::get_if<HintDone>(&*append.hint)) hintScans_.onEnded(done->id);
}

void ShardStorage::readHints(OpId op, ports::HintReadSink& sink, HintId above, NodeId last,
                             std::size_t hintsMax, std::size_t bytesMax) {
  hintScans_.readHints(op, sink, above, last, hintsMax, bytesMax);
}

void ShardStorage::readMarks(OpId op, ports::HintReadSink& sink, const RepairMark* above,
                             std::size_t marksMax) {
  hintScans_.readMarks(op, sink, above, marksMax);
}

}  // namespace henge::storage

// Hinted handoff: what coordinators ask of it, and what it stands on
// (docs/mechanisms/hinted_handoff.md).
#pragma once

#include <cstdint>
#include <vector>

#include "core/hint.h"
#include "core/result.h"

namespace henge::ports {

// As the coordinator of a write sees it. Thread: the loop's.
class Hints {
 public:
  virtual ~Hints() = default;
  // `target`, a replica of the record's key, did not say that it holds the record, and another one
  // did. Whether there is room is nothing to the write: it never fails by it, and a hint never
  // counts as an acknowledgement.
  virtual void keep(OpId write, NodeId target, const Record& record,
                    std::int64_t dispatchedAtMicros) = 0;
  // The target has said so after all.
  virtual void cancel(OpId write, NodeId target) = 0;
};

class HintReadSink {
 public:
  // Ascending by id; `more`: there are others behind the last one.
  virtual void onHintsRead(OpId op, Result<std::vector<Hint>> page, bool more) = 0;
  virtual void onMarksRead(OpId op, Result<std::vector<RepairMark>> page, bool more) = 0;

 protected:
  ~HintReadSink() = default;
};

// The shard's storage, as whoever keeps hints sees it. Thread: the loop's.
class HintStore {
 public:
  virtual ~HintStore() = default;
  // Into the log with the next group commit; a hint is read from then on, and no more from the call
  // on that ends it. overloaded, diskFull, rebuilding, unavailable: nothing was taken.
  virtual Status appendHint(HintEntry entry) = 0;
  // Those behind `above` up to those for `last`. The answer may come inside
  // the call.
  virtual void readHints(OpId op, HintReadSink& sink, HintId above, NodeId last,
                         std::size_t hintsMax, std::size_t bytesMax) = 0;
  // Those behind the mark of `above` and `first`; all, if `above` is null.
  virtual void readMarks(OpId op, HintReadSink& sink, const RepairMark* above,
                         std::size_t marksMax) = 0;
};

}  // namespace henge::ports

// Hinted handoff: what one node keeps for others that missed a write
// (docs/mechanisms/hinted_handoff.md).
#pragma once

#include <map>
#include <memory>

#include "core/hint_view.h"
#include "core/ring.h"
#include "server/handoff/alarm.h"
#include "server/handoff/hint_accounts.h"
#include "server/handoff/hint_sender.h"
#include "server/handoff/recent_hints.h"
#include "server/handoff/repair_marks.h"
#include "server/handoff/sync_points.h"
#include "server/ports/events.h"

namespace henge::handoff {

struct HandoffOptions {
  NodeId self;
  std::uint64_t boot = 0;  // of this start: hints are numbered by it
  HintLimits limits;
  std::size_t recentMax = 16'384;  // hints that a late answer of their target still cancels
  std::size_t syncPointsMax = 64;
  SenderOptions sender;
};

struct HandoffEnv {
  ports::Clock& clock;
  ports::Timers& timers;
  ports::Peers& peers;
  const ports::Membership& membership;
  ports::HintStore& store;
  ports::Events& events;
};

class HandoffSink {
 public:
  // What earlier starts have kept is counted, or cannot be read now and will be counted later.
  virtual void onHandoffOpened() = 0;

 protected:
  ~HandoffSink() = default;
};

class HintSyncSink {
 public:
  // unavailable: what earlier starts have kept is not counted yet.
  virtual void onHintsSynced(OpId op, Result<HintSync> sync) = 0;

 protected:
  ~HintSyncSink() = default;
};

// Hints are in the log, the tables and the store; here are counts of them, one sender for each
// target, and what ties late answers to hints. A hint that finds no room is dropped and counted,
// and the range of its key is marked for repair: no write ever fails by it.
//
// Life: open() once, everything else from onHandoffOpened() on; stop() when the node is to stop,
// and keep() and cancel() still after it: what is on its way when the links go down is hinted too.
// Thread: its loop only. Ports and sinks outlive it.
class Handoff final : public ports::Hints,
                      private HintSenderSink,
                      private ports::HintReadSink,
                      private ports::TimerSink {
 public:
  Handoff(HandoffOptions options, std::shared_ptr<const Ring> ring, HandoffEnv env);

  void open(HandoffSink& sink);
  // The log was damaged, or the directory is another than it was: hints may be gone of which
  // nothing tells. All ranges of other replicas are marked, once it is known which are already.
  // Also before open().
  void mayHaveLost();
  // Nothing is sent, read or waited for any more: whoever waits for hints hears what is left.
  void stop();
  // Before the log is closed: the last word of marks for which it had no room.
  void saveMarks() { marks_.save(); }

  void keep(OpId write, NodeId target, const Record& record,
            std::int64_t dispatchedAtMicros) override;
  void cancel(OpId write, NodeId target) override;

  // Answered once all hints that are kept now – if not all are counted: that are kept once they are
  // – have ended, or at the deadline or the stop, perhaps inside the call. overloaded: too many
  // wait already.
  Status sync(OpId op, HintSyncSink& sink, MonoTime deadline);

  HintsView view() const;
  HintAccount total() const { return accounts_.total(); }
  bool hasCounted() const { return counted_; }  // all that is kept
  std::uint64_t rangesToRepair() const { return marks_.count(); }

 private:
  enum class Step { closed, opening, open, stopped };

  void onHintsRead(OpId op, Result<std::vector<Hint>> page, bool more) override;
  void onMarksRead(OpId op, Result<std::vector<RepairMark>> page, bool more) override;
  void count();
  void readMarks(const RepairMark* above);
  void onUnread(const Error& error);
  void opened();

  HintId nextId(NodeId target);
  void markAll();
  void drop(NodeId target, const Bytes& key, const std::string& why);
  void mark(NodeId target, const Bytes& key);

  bool onEnded(const EndedHint& hint) override;
  std::uint64_t left(NodeId target) const override { return accounts_.of(target).count; }
  void onBegins(NodeId target) override;
  void onEmptied(NodeId target) override;

  void onTimer(std::uint64_t token) override;
  void countSyncs();
  void answerSyncs();
  void arm(Duration span);
  HintSender& senderTo(NodeId target);

  const HandoffOptions options_;
  const std::shared_ptr<const Ring> ring_;
  HandoffEnv env_;
  Alarm alarm_;
  Step step_ = Step::closed;
  HandoffSink* opening_ = nullptr;
  std::uint64_t lastNumber_;
  std::uint64_t lastRead_ = 0;
  HintId countedTo_;      // of those that earlier starts have kept
  bool counted_ = false;  // all of them: senders may begin
  bool recount_ = false;
  bool mayHaveLost_ = false;                        // what is not marked yet
  std::string notCounted_ = "they are being read";  // why, until they are

  HintAccounts accounts_;
  RecentHints recent_;
  RepairMarks marks_;
  std::map<NodeId, std::unique_ptr<HintSender>> senders_;
  SyncPoints syncPoints_;
  std::map<OpId, std::pair<OpId, HintSyncSink*>> syncing_;  // by our own number
  std::uint64_t lastSync_ = 0;
  std::map<NodeId, MonoTime> dropNoted_;  // when an operator was last told
};

}  // namespace henge::handoff

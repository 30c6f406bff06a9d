// Brings one node what it has missed.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/hint_policy.h"
#include "core/ring.h"
#include "core/send_window.h"
#include "server/handoff/alarm.h"
#include "server/ports/clock.h"
#include "server/ports/hints.h"
#include "server/ports/membership.h"
#include "server/ports/replica_service.h"
#include "server/ports/timers.h"

namespace henge::handoff {

struct SenderOptions {
  SendWindowOptions window{};
  std::size_t pageHints = 256;  // read ahead, of the store
  std::size_t pageBytes = 1ULL << 20;
  Duration holdBack = 500_ms;     // of a hint that was kept just now, while there are no others
  Duration answerDeadline = 2_s;  // of one delivery
  Duration upSeenEvery = 200_ms;  // while the target is down
  Duration laterPause = 2_s;      // after "not now": a full disk, another ring
  Duration lookAgain = 20_ms;     // hints that are on their way to the log
  Duration sweptEvery = 60_s;     // for expired ones, while the target is down
};

struct SenderEnv {
  const Ring& ring;
  const ports::Clock& clock;
  ports::Timers& timers;
  ports::Peers& peers;
  const ports::Membership& membership;
  ports::HintStore& store;
};

// What became of a hint, as whoever keeps the accounts must know it.
struct EndedHint {
  HintId id;
  std::uint64_t bytes = 0;
  HintEnd end = HintEnd::delivered;
  Bytes key;
  WallTime oldestLeft;  // of those that are left none is older; 0: nobody knows
};

class HintSenderSink {
 public:
  // False: the log took no note of it, so it has not ended.
  virtual bool onEnded(const EndedHint& hint) = 0;
  virtual std::uint64_t left(NodeId target) const = 0;  // hints that have not ended
  virtual void onBegins(NodeId target) = 0;             // the target is up, and was not
  virtual void onEmptied(NodeId target) = 0;

 protected:
  ~HintSenderSink() = default;
};

// The only one that sends hints of this node to its target, the oldest first, as many at once as
// the target answers quickly (core/send_window.h). Each is ended on disk once it was answered; what
// fails is sent again from there on. To a target that is no replica of a key any more a hint goes
// in its stead to all who are.
//
// Life: as long as the node. It sleeps while nothing is kept. Thread: its loop only.
class HintSender final : public ports::ReplicaSink,
                         public ports::HintReadSink,
                         public ports::TimerSink {
 public:
  HintSender(NodeId target, const SenderOptions& options, SenderEnv env, HintSenderSink& sink);

  void wake();  // there is something to send
  void stop();  // and nothing is sent any more
  // Sent, and not answered yet: then it ends by its answer.
  bool isOnItsWay(HintId id) const;
  void forget(HintId id);  // it has ended otherwise

  std::string state() const;   // "empty" "waiting" "sending" "resting"
  std::string reason() const;  // why it waits or rests
  std::size_t window() const { return window_.size(); }

  void onApplied(OpId op, NodeId from, ApplyReply reply) override;
  void onFetched(OpId, NodeId, FetchReply) override {}
  void onHintsRead(OpId op, Result<std::vector<Hint>> page, bool more) override;
  void onMarksRead(OpId, Result<std::vector<RepairMark>>, bool) override {}
  void onTimer(std::uint64_t token) override;

 private:
  struct Flight {
    EndedHint hint;
    WallTime keptAt;
    MonoTime sentAt;
    std::uint64_t sentIn = 0;  // generation of the window
    std::vector<NodeId> owed;  // who has not answered
    bool failed = false;
  };

  void go();
  void rewind();
  bool isReachable() const;
  void awaitTarget();
  void sweep(const std::vector<Hint>& page, bool more);
  bool sendSome();
  void send(Hint hint);
  void read();

  void expire(const Hint& hint);
  void settle(EndedHint hint, WallTime keptAt);
  void fail(HintId id);
  void rest(Duration span, const std::string& why);
  Duration pauseFor(Delivery delivery, const Flight& flight);

  const NodeId target_;
  const SenderOptions& options_;
  SenderEnv env_;
  HintSenderSink& sink_;
  Alarm alarm_;

  SendWindow window_;
  std::uint64_t cursor_ = 0;  // numbers up to it have been read
  std::deque<Hint> queue_;    // read, not yet sent
  std::map<OpId, Flight> flights_;
  std::size_t bytesInFlight_ = 0;
  std::optional<std::uint64_t> failed_;  // the least number; all behind it is read anew

  bool reading_ = false;
  bool sweeping_ = false;
  bool readAll_ = false;  // the store has nothing behind the cursor
  bool away_ = true;      // the target was down when last seen
  bool told_ = false;     // that it gets what it has missed
  bool noted_ = true;     // by the log, what ended last
  bool stopped_ = false;
  std::optional<MonoTime> restUntil_;
  std::string restReason_;
  std::optional<MonoTime> sweepAt_;
  std::uint64_t lastOp_ = 0;
};

}  // namespace henge::handoff

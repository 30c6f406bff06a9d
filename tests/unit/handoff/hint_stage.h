// Handoff among fakes: its store is a map, what it sends waits here until the test answers it.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "server/handoff/handoff.h"
#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"

namespace henge::handoff {

// Answers on a later event, as the storage does; `refusal` is what it says to every entry.
class FakeHintStore final : public ports::HintStore, private ports::TimerSink {
 public:
  FakeHintStore(const ports::Clock& clock, ports::Timers& timers)
      : clock_(clock), timers_(timers) {}

  Status appendHint(HintEntry entry) override;
  void readHints(OpId op, ports::HintReadSink& sink, HintId above, NodeId last,
                 std::size_t hintsMax, std::size_t bytesMax) override;
  void readMarks(OpId op, ports::HintReadSink& sink, const RepairMark* above,
                 std::size_t marksMax) override;

  void forgetReads() { waiting_.clear(); }

  std::map<HintId, Hint> hints;
  std::map<std::pair<NodeId, Bytes>, RepairMark> marks;
  std::map<HintId, HintEnd> ended;
  std::optional<Error> refusal;
  std::optional<Error> readError;
  std::size_t reads = 0;
  std::size_t appended = 0;
  std::size_t largestPage = 0;

 private:
  struct Read {
    OpId op;
    ports::HintReadSink* sink = nullptr;
    HintId above;
    NodeId last;
    std::size_t hintsMax = 0;
  };
  void onTimer(std::uint64_t token) override;

  const ports::Clock& clock_;
  ports::Timers& timers_;
  std::map<std::uint64_t, Read> waiting_;
  std::uint64_t lastRead_ = 0;
};

class HintPeers final : public ports::Peers {
 public:
  struct Sent {
    NodeId to;
    OpId op;
    ports::ReplicaSink* sink = nullptr;
    ApplyRequest request;
    bool answered = false;
  };
  void apply(NodeId to, OpId op, ports::ReplicaSink& sink, ApplyRequest request) override {
    sent.push_back({to, op, &sink, std::move(request)});
  }
  void fetch(NodeId, OpId, ports::ReplicaSink&, FetchRequest) override {}

  std::size_t open() const;
  std::vector<Sent> sent;
};

ApplyReply repliedApplied();
ApplyReply repliedRefusal(Refusal refusal);
ApplyReply repliedSilence();

// Four members 0–3 with tokens 00 40 80 c0, N=3: key "k…" (0x6b) lives on 1, 2, 3. Node 0 hands
// off.
struct HintStage final : HandoffSink, HintSyncSink {
  explicit HintStage(HintLimits limits = {}, SenderOptions sender = {}, std::uint64_t boot = 1);

  void open();
  void restart(std::uint64_t boot);  // of the process; the store is kept

  // The hint of a write of its own.
  OpId keep(NodeId target, const Bytes& key, std::int64_t timestamp = 5, const Bytes& value = "v");
  void up(std::uint32_t node, bool isUp = true);
  // Answers everything that waits, and what that brings about, for so long.
  void answerAll(const ApplyReply& reply, Duration span = 10_s);
  void answer(std::size_t index, ApplyReply reply);
  HintTargetView viewOf(std::uint32_t target) const;
  std::vector<Bytes> keysSent() const;

  void onHandoffOpened() override { opened = true; }
  void onHintsSynced(OpId op, Result<HintSync> sync) override {
    if (sync)
      synced[op] = *sync;
    else
      notSynced[op] = sync.error().message;
  }

  kit::VirtualLoop loop;
  kit::FakeMembership membership;
  kit::NotedEvents events;
  HintPeers peers;
  FakeHintStore store{loop, loop};
  HandoffOptions options;
  std::unique_ptr<Handoff> handoff;
  bool opened = false;
  bool damaged = false;  // what the next start finds its log to be
  std::map<OpId, HintSync> synced;
  std::map<OpId, std::string> notSynced;
  std::uint64_t lastWrite = 0;
};

}  // namespace henge::handoff

#include "tests/unit/handoff/hint_stage.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/unit/core/script_cluster.h"

namespace henge::handoff {

Status FakeHintStore::appendHint(HintEntry entry) {
  if (refusal) return *refusal;
  ++appended;
  if (const auto* hint = std::get_if<Hint>(&entry)) {
    hints[hint->id] = *hint;
  } else if (const auto* done = std::get_if<HintDone>(&entry)) {
    EXPECT_EQ(hints.erase(done->id), 1u);
    EXPECT_TRUE(ended.emplace(done->id, done->end).second) << "it has ended twice";
  } else {
    const auto& mark = std::get<RepairMark>(entry);
    marks[{mark.target, mark.first}] = mark;
  }
  return {};
}

void FakeHintStore::readHints(OpId op, ports::HintReadSink& sink, HintId above, NodeId last,
                              std::size_t hintsMax, std::size_t) {
  ++reads;
  waiting_[++lastRead_] = {op, &sink, above, last, hintsMax};
  timers_.wakeAt(clock_.now() + 1_ms, *this, lastRead_);
}

void FakeHintStore::onTimer(std::uint64_t token) {
  const Read read = waiting_.extract(token).mapped();
  if (readError) return read.sink->onHintsRead(read.op, *readError, false);
  std::vector<Hint> page;
  bool more = false;
  for (auto at = hints.upper_bound(read.above); at != hints.end() && !more; ++at) {
    if (at->first.target > read.last) break;
    more = page.size() == read.hintsMax;
    if (!more) page.push_back(at->second);
  }
  largestPage = std::max(largestPage, page.size());
  read.sink->onHintsRead(read.op, std::move(page), more);
}

void FakeHintStore::readMarks(OpId op, ports::HintReadSink& sink, const RepairMark*, std::size_t) {
  std::vector<RepairMark> page;
  for (const auto& [key, mark] : marks) page.push_back(mark);
  sink.onMarksRead(op, std::move(page), false);
}

std::size_t HintPeers::open() const {
  return static_cast<std::size_t>(
      std::count_if(sent.begin(), sent.end(), [](const Sent& one) { return !one.answered; }));
}

ApplyReply repliedApplied() {
  ApplyReply reply;
  reply.outcome = ApplyOutcome::applied;
  return reply;
}

ApplyReply repliedRefusal(Refusal refusal) {
  ApplyReply reply;
  reply.outcome = ApplyOutcome::refused;
  reply.refusal = refusal;
  reply.message = "said the replica";
  return reply;
}

ApplyReply repliedSilence() {
  ApplyReply reply;
  reply.outcome = ApplyOutcome::unreachable;
  reply.message = "no answer";
  return reply;
}

HintStage::HintStage(HintLimits limits, SenderOptions sender, std::uint64_t boot) {
  options.self = {0};
  options.boot = boot;
  options.limits = limits;
  options.sender = sender;
  restart(boot);
}

void HintStage::restart(std::uint64_t boot) {
  loop.forgetAll();
  store.forgetReads();
  for (HintPeers::Sent& sent : peers.sent) sent.answered = true;  // who asked is gone
  options.boot = boot;
  opened = false;
  handoff = std::make_unique<Handoff>(
      options, std::make_shared<const Ring>(clusterOf({"00", "40", "80", "c0"}, 3)),
      HandoffEnv{loop, loop, peers, membership, store, events});
  open();
}

void HintStage::open() {
  if (damaged) handoff->mayHaveLost();
  handoff->open(*this);
  loop.runUntil([this] { return opened; });
}

OpId HintStage::keep(NodeId target, const Bytes& key, std::int64_t timestamp, const Bytes& value) {
  Record record;
  record.key = key;
  record.version = {timestamp, 9};
  record.value = value;
  const OpId write{++lastWrite};
  handoff->keep(write, target, record, timestamp);
  return write;
}

void HintStage::up(std::uint32_t node, bool isUp) {
  membership.up.set({node}, isUp ? Liveness::up : Liveness::down);
}

void HintStage::answer(std::size_t index, ApplyReply reply) {
  HintPeers::Sent& sent = peers.sent.at(index);
  sent.answered = true;
  const OpId op = sent.op;
  const NodeId to = sent.to;
  sent.sink->onApplied(op, to, std::move(reply));
}

void HintStage::answerAll(const ApplyReply& reply, Duration span) {
  for (const MonoTime end = loop.now() + span; loop.now() < end; loop.runFor(1_ms))
    for (std::size_t i = 0; i < peers.sent.size(); ++i)
      if (!peers.sent[i].answered) answer(i, reply);
}

HintTargetView HintStage::viewOf(std::uint32_t target) const {
  for (const HintTargetView& view : handoff->view().targets)
    if (view.target == NodeId{target}) return view;
  return {};
}

std::vector<Bytes> HintStage::keysSent() const {
  std::vector<Bytes> keys;
  for (const HintPeers::Sent& sent : peers.sent) keys.push_back(sent.request.record.key);
  return keys;
}

}  // namespace henge::handoff

// A detector of node 0 of some, and members that answer it or do not.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/membership/detector.h"
#include "tests/kit/virtual_loop.h"

namespace henge::membership {

// A process's timers: while it stands still, what falls due waits.
class HeldTimers final : public ports::Timers, private ports::TimerSink {
 public:
  explicit HeldTimers(kit::VirtualLoop& loop) : loop_(loop) {}

  void wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) override {
    waiting_.emplace_back(&sink, token);
    loop_.wakeAt(when, *this, waiting_.size() - 1);
  }
  void atRoundEnd(ports::TimerSink& sink, std::uint64_t token) override {
    loop_.atRoundEnd(sink, token);
  }
  void hold() { held_ = true; }
  void release() {
    held_ = false;
    for (const std::uint64_t number : std::exchange(due_, {})) loop_.wakeAt({}, *this, number);
  }

 private:
  void onTimer(std::uint64_t number) override {
    if (held_) return due_.push_back(number);
    waiting_[number].first->onTimer(waiting_[number].second);
  }

  kit::VirtualLoop& loop_;
  std::vector<std::pair<ports::TimerSink*, std::uint64_t>> waiting_;
  std::vector<std::uint64_t> due_;
  bool held_ = false;
};

class Lots final : public ports::Random {
 public:
  std::uint64_t next() override { return state_ = state_ * 6364136223846793005ULL + 1442695041ULL; }

 private:
  std::uint64_t state_ = 1;
};

// Who is reached, and who answers; each answer, or the silence at the deadline, comes in an event
// of its own, and not while the process stands still.
class FakeMembers final : public ports::Probes,
                          public StandingSink,
                          public ports::RelaySink,
                          private ports::TimerSink {
 public:
  FakeMembers(kit::VirtualLoop& loop, HeldTimers& timers) : loop_(loop), timers_(timers) {}

  bool canProbe(NodeId member) const override { return linked.contains(member); }
  void probe(NodeId member, OpId op, ports::ProbeSink& sink, MonoTime deadline) override {
    say("asks " + toString(member));
    const bool answers = answering.contains(member);
    answerAt(answers ? loop_.now() : deadline, {&sink, op, member, false, answers, false});
  }
  // One that does not reach the member either says so when its time, shorter than the asker's, is
  // over.
  void probeThrough(NodeId relay, NodeId member, OpId op, ports::ProbeSink& sink,
                    MonoTime deadline) override {
    say("asks " + toString(relay) + " to ask " + toString(member));
    const MonoTime now = loop_.now();
    const bool answers = answering.contains(relay);
    const bool reaches = answers && answering.contains(member);
    const MonoTime said = now + Duration{(deadline - now).micros * 4 / 5};
    answerAt(reaches ? now : answers ? said : deadline, {&sink, op, relay, true, answers, reaches});
  }
  void onStanding(NodeId member, Standing standing, const std::vector<NodeId>& by) override {
    std::string text = toString(member) + " is " + std::string(nameOf(standing));
    if (standing != Standing::alive) {
      for (const NodeId one : by) text += (one == by.front() ? ", say " : " ") + toString(one);
    }
    say(text);
  }
  void onReachedBy(NodeId member, NodeId relay) override {
    say(toString(relay) + " reaches " + toString(member));
  }
  void onRelayed(OpId op, bool reached) override {
    say("answers op " + std::to_string(op.value) + (reached ? ": reached" : ": not reached"));
  }

  std::vector<std::string> takeSaid() { return std::exchange(said_, {}); }

  std::set<NodeId> linked;     // from here
  std::set<NodeId> answering;  // whoever asks them

 private:
  struct Answer {
    ports::ProbeSink* sink;
    OpId op;
    NodeId from;
    bool relayed;
    bool answered;
    bool reached;
  };
  void answerAt(MonoTime when, Answer answer) {
    answers_.push_back(answer);
    timers_.wakeAt(when, *this, answers_.size() - 1);
  }
  void say(const std::string& line) {
    said_.push_back("+" + std::to_string((loop_.now() - MonoTime{1'000'000}).micros / 1000) + " " +
                    line);
  }
  void onTimer(std::uint64_t number) override {
    const Answer one = answers_[number];
    if (one.relayed) {
      one.sink->onProbedThrough(one.op, one.from, one.answered, one.reached);
    } else {
      one.sink->onProbed(one.op, one.from, one.answered);
    }
  }

  kit::VirtualLoop& loop_;
  HeldTimers& timers_;
  std::vector<Answer> answers_;
  std::vector<std::string> said_;
};

struct Detecting {
  explicit Detecting(std::uint32_t count, DetectorOptions options = {}) {
    std::vector<NodeId> all;
    for (std::uint32_t node = 0; node < count; ++node) all.push_back({node});
    members.linked.insert(all.begin() + 1, all.end());
    members.answering = members.linked;
    options.self = {0};
    detector = std::make_unique<Detector>(options, all, DetectorEnv{loop, timers, lots}, members);
    detector->attach(members);
    detector->start();
  }

  kit::VirtualLoop loop;
  HeldTimers timers{loop};
  Lots lots;
  FakeMembers members{loop, timers};
  std::unique_ptr<Detector> detector;
};

}  // namespace henge::membership

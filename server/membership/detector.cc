#include "server/membership/detector.h"

#include <algorithm>
#include <cassert>

#include "core/rehearsal.h"

namespace henge::membership {

namespace {

std::vector<NodeId> others(const std::vector<NodeId>& members, NodeId self) {
  std::vector<NodeId> kept = members;
  std::erase(kept, self);
  return kept;
}

}  // namespace

Detector::Detector(DetectorOptions options, const std::vector<NodeId>& members, DetectorEnv env,
                   StandingSink& sink)
    : options_(options),
      env_(env),
      sink_(sink),
      timing_(SuspicionTiming::of(members.size(), options.suspicionLeast)),
      own_{options.boot, 0},
      queue_(members.size()),
      order_(others(members, options.self)) {
  assert(options_.probeTimeout <= options_.probeEvery);
  for (const NodeId node : others(members, options_.self)) {
    members_.push_back({Claim{node, Standing::alive, {}, options_.self}});
  }
  std::ranges::sort(members_, {}, [](const Member& member) { return member.held.about; });
}

void Detector::start() {
  assert(probes_ != nullptr && !running_);
  running_ = true;
  // Not all at one moment, however they were started.
  const auto every = static_cast<std::uint64_t>(options_.probeEvery.micros);
  nextProbe_ = env_.clock.now() + options_.probeEvery +
               Duration{static_cast<std::int64_t>(env_.random.below(every))};
  arm();
}

void Detector::stop() {
  running_ = false;
  probe_.reset();
}

void Detector::onTimer(std::uint64_t) {
  const MonoTime now = env_.clock.now();
  if (!wokenAt_ || now < *wokenAt_) return;  // of a time that an earlier one took the place of
  const Duration late = now - *wokenAt_;
  wokenAt_.reset();
  if (!running_) return;
  if (late >= heldUpLeast) heldUp(late);
  if (probe_ && now >= probe_->phaseEnd) probe_->indirect ? endProbe() : askOthers();
  judgeSuspects(now);
  if (!probe_ && now >= nextProbe_) beginProbe(now);
  arm();
}

// What came meanwhile waits, unread, in this process's sockets: nobody is blamed for that time, nor
// for what it takes to read it. Whose time is nearly over is asked once more.
void Detector::heldUp(Duration late) {
  probe("detector: this process was held up");
  ++counters_.heldUp;
  health_.worse();
  const Duration forgiven = late + timeToRead;
  if (probe_) {
    probe_->phaseEnd = probe_->phaseEnd + forgiven;
    probe_->end = probe_->end + forgiven;
  }
  const MonoTime soon = env_.clock.now() + timeToRead * 2;
  for (auto& [node, suspicion] : suspicions_) {
    suspicion.forgive(forgiven);
    if (suspicion.end() <= soon) askToRefute(node);
  }
}

void Detector::beginProbe(MonoTime now) {
  const Duration period = health_.scaled(options_.probeEvery);
  nextProbe_ = now + period;
  const std::optional<NodeId> member = order_.next(env_.random.next());
  if (!member || !find(*member)->gossips) return;
  ++counters_.probes;
  probe_ = Probe{nextOp(), *member, now + health_.scaled(options_.probeTimeout), nextProbe_};
  if (canProbe(*member)) {
    probes_->probe(*member, probe_->op, *this, probe_->end);
  } else {
    probe_->notReached = true;
    askOthers();
  }
}

void Detector::onProbed(OpId op, NodeId member, bool answered) {
  if (const auto found = relayed_.find(op); found != relayed_.end()) {
    const Relayed asked = found->second;
    relayed_.erase(found);
    asked.sink->onRelayed(asked.op, answered);
    return;
  }
  if (!probe_ || probe_->op != op)
    return;  // of a period that is over, or only to tell it something
  assert(member == probe_->member);
  if (answered) {
    health_.better();
    probe_.reset();
  } else if (!probe_->indirect) {
    askOthers();
  }
}

void Detector::askOthers() {
  probe_->indirect = true;
  probe_->phaseEnd = probe_->end;
  ++counters_.probesFailed;
  for (const NodeId relay : drawRelays(probe_->member)) {
    ++probe_->asked;
    probes_->probeThrough(relay, probe_->member, probe_->op, *this, probe_->end);
  }
}

// Some of those that can be asked, each set as likely as the next.
std::vector<NodeId> Detector::drawRelays(NodeId member) {
  std::vector<NodeId> able;
  for (const Member& other : members_) {
    const NodeId node = other.held.about;
    if (node != member && other.gossips && canProbe(node)) able.push_back(node);
  }
  const std::size_t count = std::min(able.size(), static_cast<std::size_t>(options_.relays));
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(able[i], able[i + env_.random.below(able.size() - i)]);
  }
  able.resize(count);
  return able;
}

void Detector::onProbedThrough(OpId op, NodeId relay, bool answered, bool reached) {
  if (!probe_ || probe_->op != op) return;
  probe_->answers += answered ? 1 : 0;
  if (!reached) return;
  probe("detector: reached through another");
  ++counters_.reachedThrough;
  if (probe_->notReached) sink_.onReachedBy(probe_->member, relay);
  probe_.reset();
}

// Answers that nobody gave, although others were asked, say something of this node; so does the
// silence of the member itself where there are no others. Lifeguard, section IV-A.
void Detector::endProbe() {
  const Probe ended = *probe_;
  probe_.reset();
  if (find(ended.member)->held.standing == Standing::dead) return;
  const int missing = ended.asked - ended.answers;
  health_.worse(ended.asked > 0 ? missing : ended.notReached ? 0 : 1);
  accuse(ended.member);
}

void Detector::judgeSuspects(MonoTime now) {
  std::vector<NodeId> ended;
  for (const auto& [node, suspicion] : suspicions_) {
    if (now >= suspicion.end()) ended.push_back(node);
  }
  for (const NodeId node : ended) {
    probe("detector: a suspicion runs out");
    ++counters_.deaths;
    Claim dead = find(node)->held;
    dead.standing = Standing::dead;
    dead.by = options_.self;
    believe(*find(node), dead);
  }
}

void Detector::relay(OpId op, ports::RelaySink& sink, NodeId member, MonoTime deadline) {
  const bool able = running_ && find(member) != nullptr && canProbe(member);
  if (!able || relayed_.size() >= relayedMax) return sink.onRelayed(op, false);
  probe("detector: probes for another");
  ++counters_.relayed;
  const OpId own = nextOp();
  relayed_[own] = {op, &sink};
  probes_->probe(member, own, *this, deadline);
}

std::map<std::string, std::int64_t> Detector::named() const {
  const auto count = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  return {{"detector_probes", count(counters_.probes)},
          {"detector_probes_failed", count(counters_.probesFailed)},
          {"detector_reached_through", count(counters_.reachedThrough)},
          {"detector_relayed", count(counters_.relayed)},
          {"detector_suspicions", count(counters_.suspicions)},
          {"detector_refuted", count(counters_.refuted)},
          {"detector_deaths", count(counters_.deaths)},
          {"detector_refutations", count(counters_.refutations)},
          {"detector_held_up", count(counters_.heldUp)},
          {"detector_local_health", health_.score()}};
}

// A time that has become too early stays asked for: it is found out when it comes.
void Detector::arm() {
  if (!running_) return;
  MonoTime next = probe_ ? probe_->phaseEnd : nextProbe_;
  for (const auto& [node, suspicion] : suspicions_) next = std::min(next, suspicion.end());
  next = std::max(next, env_.clock.now());  // due already: that is not late
  if (wokenAt_ && *wokenAt_ <= next) return;
  wokenAt_ = next;
  env_.timers.wakeAt(next, *this, 0);
}

}  // namespace henge::membership

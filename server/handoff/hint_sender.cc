#include "server/handoff/hint_sender.h"

#include <algorithm>
#include <utility>

#include "core/rehearsal.h"

namespace henge::handoff {

HintSender::HintSender(NodeId target, const SenderOptions& options, SenderEnv env,
                       HintSenderSink& sink)
    : target_(target),
      options_(options),
      env_(env),
      sink_(sink),
      alarm_(env.clock, env.timers, *this),
      window_(options.window) {}

// Whoever was silent a moment ago may answer by itself yet, and must not be given more to do.
void HintSender::wake() {
  readAll_ = false;
  if (!stopped_ && !reading_ && flights_.empty()) alarm_.arm(options_.holdBack);
}

void HintSender::stop() {
  stopped_ = true;
  queue_.clear();
}

bool HintSender::isOnItsWay(HintId id) const {
  return std::any_of(flights_.begin(), flights_.end(),
                     [id](const auto& flight) { return flight.second.hint.id == id; });
}

void HintSender::forget(HintId id) {
  std::erase_if(queue_, [id](const Hint& hint) { return hint.id == id; });
}

// Whatever happened: goes on as far as it can. What failed is read anew once all that was sent
// behind it has been answered, so that nothing is ever sent twice at once.
void HintSender::go() {
  if (stopped_ || reading_) return;
  if (sink_.left(target_) == 0) {
    if (std::exchange(told_, false)) sink_.onEmptied(target_);
    return;
  }
  const MonoTime now = env_.clock.now();
  if (restUntil_ && now < *restUntil_) return alarm_.arm(*restUntil_ - now);
  restUntil_.reset();
  if (failed_) {
    if (!flights_.empty()) return;
    rewind();
  }
  if (!isReachable()) return awaitTarget();
  if (std::exchange(away_, false)) {
    told_ = true;
    sweepAt_.reset();
    sink_.onBegins(target_);
  }
  if (!sendSome() || !queue_.empty()) return;
  if (!readAll_) return read();
  if (!flights_.empty()) return;
  readAll_ = false;  // what is left is on its way to the log
  alarm_.arm(options_.lookAgain);
}

void HintSender::rewind() {
  probe("handoff: sends again what failed");
  cursor_ = *failed_ - 1;
  failed_.reset();
  queue_.clear();
  readAll_ = false;
}

// Whoever is no member any more is not asked; its hints go to others.
bool HintSender::isReachable() const {
  const bool member = env_.ring.cluster().find(target_) != nullptr;
  return !member || env_.membership.upSet().isUp(target_);
}

void HintSender::awaitTarget() {
  away_ = true;
  const MonoTime now = env_.clock.now();
  if (!sweepAt_) sweepAt_ = now + options_.sweptEvery;
  if (now < *sweepAt_ || !flights_.empty()) return alarm_.arm(options_.upSeenEvery);
  sweeping_ = true;
  cursor_ = 0;
  queue_.clear();
  readAll_ = false;
  read();
}

// Expired ones stand first: they are kept in the order in which they expire.
void HintSender::sweep(const std::vector<Hint>& page, bool more) {
  const WallTime now = env_.clock.wall();
  const auto alive = std::find_if(page.begin(), page.end(),
                                  [now](const Hint& hint) { return !hasExpired(hint, now); });
  for (auto hint = page.begin(); hint != alive; ++hint) expire(*hint);
  if (alive == page.end() && more && !failed_) return read();
  sweeping_ = false;
  sweepAt_ = env_.clock.now() + options_.sweptEvery;
  cursor_ = 0;
  go();
}

void HintSender::read() {
  reading_ = true;
  env_.store.readHints(OpId{++lastOp_}, *this, {target_, cursor_}, target_, options_.pageHints,
                       options_.pageBytes);
}

void HintSender::onHintsRead(OpId, Result<std::vector<Hint>> page, bool more) {
  reading_ = false;
  if (stopped_) return;
  if (!page) {
    rest(options_.laterPause, "the hints cannot be read: " + page.error().message);
    return go();
  }
  if (!page->empty()) cursor_ = page->back().id.number;
  if (sweeping_) return sweep(*page, more);
  readAll_ = !more;
  for (Hint& hint : *page) queue_.push_back(std::move(hint));
  go();
}

// False: something stands in the way of the next.
bool HintSender::sendSome() {
  while (!queue_.empty()) {
    if (!window_.allows(flights_.size(), bytesInFlight_, queue_.front().bytes())) return false;
    const bool oneAtATime = !noted_ || maybe("handoff: one at a time");
    if (oneAtATime && !flights_.empty()) return false;
    Hint hint = std::move(queue_.front());
    queue_.pop_front();
    if (hasExpired(hint, env_.clock.wall())) {
      expire(hint);
    } else {
      send(std::move(hint));
    }
    if (failed_ || restUntil_) {
      go();
      return false;
    }
  }
  return true;
}

void HintSender::send(Hint hint) {
  std::vector<NodeId> to{target_};
  const std::vector<NodeId>& owners = env_.ring.replicasOf(hint.record.key);
  if (std::find(owners.begin(), owners.end(), target_) == owners.end()) {
    probe("handoff: to the owners that are");
    to = owners;
  }
  const OpId op{++lastOp_};
  Flight& flight = flights_[op];
  flight.hint = {hint.id, hint.bytes(), HintEnd::delivered, hint.record.key, {}};
  flight.keptAt = hint.keptAt;
  flight.sentAt = env_.clock.now();
  flight.sentIn = window_.generation();
  flight.owed = to;
  bytesInFlight_ += flight.hint.bytes;
  ApplyRequest apply;
  apply.record = std::move(hint.record);
  apply.source = Source::hint;
  apply.deadline = flight.sentAt + options_.answerDeadline;
  apply.epoch = env_.ring.cluster().epoch;
  apply.dispatchedAtMicros = hint.dispatchedAtMicros;
  for (const NodeId owner : to) env_.peers.apply(owner, op, *this, apply);
}

void HintSender::onApplied(OpId op, NodeId from, ApplyReply reply) {
  const auto found = flights_.find(op);
  if (found == flights_.end() || stopped_) return;  // late, for one that counts as failed
  Flight& flight = found->second;
  if (std::erase(flight.owed, from) == 0) return;
  const Delivery delivery = deliveryOf(reply);
  if (reply.outcome == ApplyOutcome::superseded) probe("handoff: hint older than stored value");
  if (delivery == Delivery::done) {
    window_.onAnswered(env_.clock.now() - flight.sentAt, flight.sentIn);
  } else if (delivery == Delivery::never) {
    flight.hint.end = HintEnd::refused;
  } else {
    flight.failed = true;
    rest(pauseFor(delivery, flight), reply.message);
  }
  if (!flight.owed.empty()) return;
  Flight ended = std::move(flight);
  flights_.erase(found);
  bytesInFlight_ -= ended.hint.bytes;
  ended.failed ? fail(ended.hint.id) : settle(ended.hint, ended.keptAt);
  go();
}

Duration HintSender::pauseFor(Delivery delivery, const Flight& flight) {
  if (delivery == Delivery::silent) return window_.onSilence(flight.sentIn);
  if (delivery != Delivery::slower) return options_.laterPause;
  probe("handoff: the target has too much to do");
  return window_.onRefused(flight.sentIn);
}

void HintSender::expire(const Hint& hint) {
  settle({hint.id, hint.bytes(), HintEnd::expired, hint.record.key, {}}, hint.keptAt);
}

// They are sent in the order in which they were kept: none that is left is older than the first of
// those on their way, or, if there is none, than this one; but for what has failed. While the log
// takes no notes one at a time is tried, for what is delivered is sent again.
void HintSender::settle(EndedHint hint, WallTime keptAt) {
  const HintId id = hint.id;
  if (!flights_.empty()) keptAt = std::min(keptAt, flights_.begin()->second.keptAt);
  if (!failed_) hint.oldestLeft = keptAt;
  noted_ = sink_.onEnded(hint);
  if (noted_) return;
  fail(id);
  rest(options_.laterPause, "the log takes no note of it");
}

// The least of them: from there on everything is read anew.
void HintSender::fail(HintId id) { failed_ = std::min(failed_.value_or(id.number), id.number); }

void HintSender::rest(Duration span, const std::string& why) {
  const MonoTime until = env_.clock.now() + span;
  if (restUntil_ && *restUntil_ >= until) return;
  restUntil_ = until;
  restReason_ = why;
}

void HintSender::onTimer(std::uint64_t token) {
  if (alarm_.rings(token)) go();
}

std::string HintSender::state() const {
  if (sink_.left(target_) == 0) return "empty";
  if (away_) return "waiting";
  return restUntil_ && env_.clock.now() < *restUntil_ ? "resting" : "sending";
}

std::string HintSender::reason() const {
  if (sink_.left(target_) == 0) return "";
  if (away_) return isReachable() ? "" : toString(target_) + " is not up";
  return restUntil_ && env_.clock.now() < *restUntil_ ? restReason_ : "";
}

}  // namespace henge::handoff

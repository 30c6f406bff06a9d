#include "server/handoff/handoff.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/rehearsal.h"

namespace henge::handoff {

namespace {

constexpr std::size_t pageHints = 1000;
constexpr std::size_t pageBytes = 1 << 20;
constexpr std::size_t marksShownMax = 1000;
constexpr NodeId everybody{UINT32_MAX};
constexpr Duration notedEvery = 60_s;
constexpr Duration retryEvery = 1_s;  // of what the log does not take, and the store does not give

std::string hints(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " hint" : " hints");
}

}  // namespace

Handoff::Handoff(HandoffOptions options, std::shared_ptr<const Ring> ring, HandoffEnv env)
    : options_(options),
      ring_(std::move(ring)),
      env_(env),
      alarm_(env.clock, env.timers, *this),
      lastNumber_(hintNumbersBefore(options_.boot)),
      recent_(options_.recentMax),
      marks_(env.store) {}

void Handoff::open(HandoffSink& sink) {
  assert(step_ == Step::closed);
  step_ = Step::opening;
  opening_ = &sink;
  count();
}

void Handoff::mayHaveLost() {
  mayHaveLost_ = true;
  if (counted_) markAll();
}

// Goes on behind what has been counted.
void Handoff::count() {
  env_.store.readHints(OpId{++lastRead_}, *this, countedTo_, everybody, pageHints, pageBytes);
}

// Those of this start are counted already.
void Handoff::onHintsRead(OpId, Result<std::vector<Hint>> page, bool more) {
  if (step_ == Step::stopped) return;
  if (!page) return onUnread(page.error());
  for (const Hint& hint : *page)
    if (hint.id.number <= hintNumbersBefore(options_.boot)) accounts_.found(hint);
  if (!page->empty()) countedTo_ = page->back().id;
  if (more) return count();
  readMarks(nullptr);
}

void Handoff::readMarks(const RepairMark* above) {
  env_.store.readMarks(OpId{++lastRead_}, *this, above, pageHints);
}

void Handoff::onMarksRead(OpId, Result<std::vector<RepairMark>> page, bool more) {
  if (step_ == Step::stopped) return;
  if (!page) return onUnread(page.error());
  for (const RepairMark& mark : *page) marks_.found(mark);
  if (more && !page->empty()) return readMarks(&page->back());
  counted_ = true;
  notCounted_.clear();
  if (mayHaveLost_) markAll();
  countSyncs();
  answerSyncs();
  if (step_ == Step::opening) opened();
  const std::uint64_t kept = accounts_.total().count;
  if (kept > 0)
    env_.events.note(ports::Severity::info, "handoff   " + hints(kept) + " kept by earlier starts");
  for (const auto& [target, account] : accounts_.all())
    if (account.count > 0) senderTo(target).wake();
}

// The node serves all the same; nothing is sent before everything is counted.
void Handoff::onUnread(const Error& error) {
  probe("handoff: hints cannot be read at the start");
  if (step_ == Step::opening) {
    env_.events.note(ports::Severity::warning,
                     "handoff   hints of earlier starts cannot be read yet: " + error.message);
    opened();
  }
  notCounted_ = error.message;
  recount_ = true;
  arm(retryEvery);
}

void Handoff::opened() {
  step_ = Step::open;
  opening_->onHandoffOpened();
}

void Handoff::stop() {
  assert(step_ == Step::open);
  step_ = Step::stopped;
  for (const auto& [target, sender] : senders_) sender->stop();
  answerSyncs();
}

HintId Handoff::nextId(NodeId target) { return {target, ++lastNumber_}; }

void Handoff::keep(OpId write, NodeId target, const Record& record,
                   std::int64_t dispatchedAtMicros) {
  const std::uint64_t bytes = record.bytes();
  HintRoom room = roomFor(options_.limits, bytes, accounts_.of(target).bytes, accounts_.bytes());
  if (maybe("handoff: as if full")) room = HintRoom::allFull;
  if (room != HintRoom::kept) {
    probe("handoff: hint at its cap");
    return drop(target, record.key,
                room == HintRoom::targetFull ? "hint_bytes_max is reached"
                                             : "hint_bytes_max_all is reached");
  }
  Hint hint;
  hint.id = nextId(target);
  hint.keptAt = env_.clock.wall();
  hint.expiresAt = {hint.keptAt.micros + options_.limits.ageMax.micros};
  hint.dispatchedAtMicros = dispatchedAtMicros;
  hint.record = record;
  if (const Status status = env_.store.appendHint(hint); !status) {
    probe("handoff: no room in the log");
    return drop(target, record.key, status.error().message);
  }
  accounts_.kept(hint);
  recent_.remember(write, {hint.id, bytes});
  if (step_ == Step::stopped) return probe("handoff: kept at a stop");
  if (counted_) senderTo(target).wake();
}

// The answer was late, but it came: nothing is left to do, unless the hint is on its way already.
void Handoff::cancel(OpId write, NodeId target) {
  const std::optional<RecentHint> hint = recent_.find(write, target);
  if (!hint || senderTo(target).isOnItsWay(hint->id)) return;
  if (!onEnded({hint->id, hint->bytes, HintEnd::cancelled, {}, {}})) return;
  probe("handoff: late acknowledgement after the deadline");
  senderTo(target).forget(hint->id);
}

void Handoff::drop(NodeId target, const Bytes& key, const std::string& why) {
  accounts_.dropped(target);
  mark(target, key);
  const MonoTime now = env_.clock.now();
  const auto [entry, first] = dropNoted_.try_emplace(target, now);
  if (!first && now < entry->second + notedEvery) return;
  entry->second = now;
  env_.events.note(ports::Severity::warning,
                   "handoff   hints for " + toString(target) +
                       " are dropped, ranges it may lack are marked for repair: " + why);
}

void Handoff::mark(NodeId target, const Bytes& key) {
  marks_.mark(target, ring_->rangeOf(key), env_.clock.wall());
  if (!marks_.allSaved()) arm(retryEvery);
}

// Also what this node never kept anything for: which write it coordinated, nobody knows any more.
void Handoff::markAll() {
  probe("handoff: hints may have been lost with the log");
  mayHaveLost_ = false;
  for (const RingRange& range : ring_->ranges())
    for (const NodeId replica : range.replicas)
      if (replica != options_.self) marks_.mark(replica, range, env_.clock.wall());
  if (!marks_.allSaved()) arm(retryEvery);
}

bool Handoff::onEnded(const EndedHint& hint) {
  if (!env_.store.appendHint(HintDone{hint.id, hint.end})) return false;
  accounts_.ended(hint.id.target, hint.bytes, hint.end, hint.oldestLeft);
  recent_.forget(hint.id);
  if (hint.end == HintEnd::expired) probe("handoff: a hint has expired");
  if (hint.end == HintEnd::refused) probe("handoff: a hint is refused for good");
  if (hint.end == HintEnd::expired || hint.end == HintEnd::refused) mark(hint.id.target, hint.key);
  syncPoints_.onEnded(hint.id, hint.end);
  if (syncPoints_.size() > 0) arm(0_ms);
  return true;
}

void Handoff::onBegins(NodeId target) {
  const HintAccount& account = accounts_.of(target);
  env_.events.note(ports::Severity::info, "handoff   " + toString(target) + " is up, gets " +
                                              hints(account.count) + ", " +
                                              std::to_string(account.bytes) + " bytes");
}

void Handoff::onEmptied(NodeId target) {
  env_.events.note(ports::Severity::info, "handoff   " + toString(target) + " has got its hints");
}

Status Handoff::sync(OpId op, HintSyncSink& sink, MonoTime deadline) {
  if (syncPoints_.size() >= options_.syncPointsMax)
    return Error{ErrorKind::overloaded, "too many wait for hints already; at most " +
                                            std::to_string(options_.syncPointsMax)};
  const OpId own{++lastSync_};
  syncing_[own] = {op, &sink};
  syncPoints_.set(own, deadline);
  if (counted_) countSyncs();
  answerSyncs();
  return {};
}

void Handoff::countSyncs() {
  std::map<NodeId, std::uint64_t> counts;
  for (const auto& [target, account] : accounts_.all())
    if (account.count > 0) counts[target] = account.count;
  syncPoints_.count(lastNumber_, counts);
}

void Handoff::answerSyncs() {
  const bool all = step_ == Step::stopped;
  for (const SyncPoints::Reached& reached : syncPoints_.takeReached(env_.clock.now(), all)) {
    const auto waiting = syncing_.extract(reached.op);
    const auto& [op, sink] = waiting.mapped();
    if (reached.sync)
      sink->onHintsSynced(op, *reached.sync);
    else
      sink->onHintsSynced(op, Error{ErrorKind::unavailable,
                                    "hints of earlier starts are not counted yet: " + notCounted_});
  }
  if (syncPoints_.size() == 0) return;
  arm(std::max(syncPoints_.nextDeadline() - env_.clock.now(), 1_ms));
}

void Handoff::onTimer(std::uint64_t token) {
  if (!alarm_.rings(token) || step_ == Step::stopped) return;
  if (std::exchange(recount_, false)) count();
  marks_.save();
  answerSyncs();
  if (!marks_.allSaved()) arm(retryEvery);
}

void Handoff::arm(Duration span) {
  if (step_ != Step::stopped) alarm_.arm(span);
}

HintSender& Handoff::senderTo(NodeId target) {
  std::unique_ptr<HintSender>& sender = senders_[target];
  if (sender) return *sender;
  const SenderEnv env{*ring_, env_.clock, env_.timers, env_.peers, env_.membership, env_.store};
  HintSenderSink& sink = *this;
  sender = std::make_unique<HintSender>(target, options_.sender, env, sink);
  return *sender;
}

HintsView Handoff::view() const {
  HintsView view;
  view.node = options_.self;
  view.limits = options_.limits;
  for (const auto& [target, account] : accounts_.all()) {
    HintTargetView& one = view.targets.emplace_back();
    one.target = target;
    one.count = account.count;
    one.bytes = account.bytes;
    one.oldest = account.oldest;
    one.state = "empty";
    if (const auto sender = senders_.find(target); sender != senders_.end()) {
      one.state = sender->second->state();
      one.reason = sender->second->reason();
      one.window = sender->second->window();
    }
    one.kept = account.kept;
    one.delivered = account.delivered;
    one.cancelled = account.cancelled;
    one.expired = account.expired;
    one.refused = account.refused;
    one.dropped = account.dropped;
    one.rangesToRepair = marks_.countOf(target);
  }
  view.notCounted = notCounted_;
  view.markCount = marks_.count();
  view.marks = marks_.first(marksShownMax);
  return view;
}

}  // namespace henge::handoff

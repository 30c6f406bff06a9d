#include "server/replica/replica.h"

#include <algorithm>
#include <cassert>

#include "core/hybrid_clock.h"
#include "core/rehearsal.h"

namespace henge::replica {
namespace {

constexpr Duration notedEvery = 60_s;

// Of up to so many bytes a value is sent unasked: it costs less than asking for it again.
constexpr std::size_t valueSentUnasked = 512;

}  // namespace

Replica::Replica(ReplicaOptions options, std::shared_ptr<const Ring> ring, ReplicaEnv env)
    : options_(options), ring_(std::move(ring)), env_(env) {
  assert(options_.operationsMax > 0);
}

void Replica::apply(OpId op, ports::ReplicaSink& sink, ApplyRequest request) {
  assert(storage_ != nullptr);
  ++counters_.applies;
  Asker asker{op, &sink, std::nullopt};
  if (rebuilding()) return answerRebuilding(asker);
  if (auto refused = refuses(request)) return refuse(asker, *std::move(refused));

  asker.storageSince = nowIfTraced(request.traceId);
  const OpId own{++lastOp_};
  if (auto refused = admit(own, request.record)) return refuse(asker, *std::move(refused));
  if (isAhead(request.record)) ++counters_.stampsAhead;
  env_.stamps.observe(request.record.version);
  Apply begun{asker, request.deadline, std::move(request.record), request.source};
  Apply& apply = applies_.emplace(own, std::move(begun)).first->second;
  const ports::Look look = storage_->lookForWrite(own, apply.record);
  if (!look.later) compare(own, apply, look.held);
}

void Replica::fetch(OpId op, ports::ReplicaSink& sink, FetchRequest request) {
  assert(storage_ != nullptr);
  ++counters_.fetches;
  Asker asker{op, &sink, std::nullopt};
  if (rebuilding()) return answerRebuildingFetch(asker);
  if (auto refused = refusesAny(request.deadline, request.epoch, request.key)) {
    return refuseFetch(asker, *std::move(refused));
  }
  if (operations() >= options_.operationsMax) {
    return refuseFetch(asker, {Refusal::overloaded, "too many operations wait for storage"});
  }
  asker.storageSince = nowIfTraced(request.traceId);
  const OpId own{++lastOp_};
  ports::Look look = storage_->lookForRead(own, request.key);
  if (look.later) {
    fetches_.emplace(own, Fetch{asker, request.withValue});
  } else {
    answerHeld(asker, request.withValue, std::move(look.held));
  }
}

bool Replica::rebuilding() const {
  return env_.membership.upSet().of(options_.self) == Liveness::rebuilding;
}

std::optional<Replica::Refused> Replica::refusesAny(MonoTime deadline, std::uint64_t epoch,
                                                    BytesView key) const {
  if (env_.clock.now() >= deadline) {
    return Refused{Refusal::expired, "the deadline had passed before it was begun"};
  }
  if (epoch != ring_->cluster().epoch) {
    return Refused{Refusal::staleEpoch, "ring epoch " + std::to_string(epoch) + ", here it is " +
                                            std::to_string(ring_->cluster().epoch)};
  }
  if (const Status status = checkKey(options_.limits, key); !status.ok()) {
    return Refused{Refusal::invalid, status.error().message};
  }
  const std::vector<NodeId>& owners = ring_->replicasOf(key);
  if (std::find(owners.begin(), owners.end(), options_.self) == owners.end()) {
    return Refused{Refusal::notOwner, toString(options_.self) + " is no replica of this key"};
  }
  return std::nullopt;
}

// Only what enters the cluster is held against the clock: what members already hold must be able to
// reach the others, whatever its stamp.
std::optional<Replica::Refused> Replica::refuses(const ApplyRequest& request) const {
  const Record& record = request.record;
  if (auto refused = refusesAny(request.deadline, request.epoch, record.key)) return refused;
  if (const Status status = checkValue(options_.limits, record.value); !status.ok()) {
    return Refused{Refusal::invalid, status.error().message};
  }
  if (record.version.timestamp <= 0) {
    return Refused{Refusal::invalid, "a version's timestamp must be positive"};
  }
  if (record.isTombstone() && !record.value.empty()) {
    return Refused{Refusal::invalid, "a tombstone carries no value"};
  }
  if (request.source == Source::client && isAhead(record)) {
    return Refused{Refusal::stamp, "version " + toString(record.version) + " is more than " +
                                       std::to_string(options_.limits.stampAheadMaxMs) +
                                       " ms ahead of this node's clock"};
  }
  return std::nullopt;
}

bool Replica::isAhead(const Record& record) const {
  return isTooFarAhead(record.version, env_.stamps.hybridNow(), options_.limits.stampAheadMaxMs);
}

std::optional<Replica::Refused> Replica::admit(OpId op, const Record& record) {
  if (operations() >= options_.operationsMax || maybe("replica: as if full")) {
    return Refused{Refusal::overloaded, "too many operations wait for storage"};
  }
  const Status status = storage_->admit(op, record.kind, record.bytes());
  if (status.ok()) return std::nullopt;
  const ErrorKind kind = status.error().kind;
  return Refused{kind == ErrorKind::diskFull ? Refusal::diskFull : Refusal::overloaded,
                 status.error().message, kind == ErrorKind::rebuilding};
}

void Replica::onLooked(OpId op, Result<std::optional<Record>> held) {
  if (const auto apply = applies_.find(op); apply != applies_.end()) {
    return onLookedForWrite(op, apply->second, held);
  }
  const auto found = fetches_.find(op);
  assert(found != fetches_.end());  // storage answers each look exactly once
  const Fetch fetch = found->second;
  fetches_.erase(found);
  if (held.ok()) {
    answerHeld(fetch.asker, fetch.withValue, std::move(held).value());
  } else if (held.error().kind == ErrorKind::rebuilding) {
    answerRebuildingFetch(fetch.asker);
  } else {
    noteUnread(held.error());
    refuseFetch(fetch.asker, {Refusal::none, held.error().message});
  }
}

// Nothing is appended yet, so everything that goes wrong here is still a refusal.
void Replica::onLookedForWrite(OpId op, Apply& apply, const Result<std::optional<Record>>& held) {
  if (held.ok() && env_.clock.now() < apply.deadline) return compare(op, apply, held.value());
  if (!held.ok() && held.error().kind == ErrorKind::rebuilding) return answerRebuilding(drop(op));
  Refused refused{Refusal::expired, "the deadline passed before it was appended", false};
  if (held.ok()) probe("replica: deadline passed while looking");
  if (!held.ok()) {
    noteUnread(held.error());
    refused = {Refusal::none, held.error().message, false};
  }
  const Asker asker = drop(op);
  refuse(asker, std::move(refused));
}

// What is held here is on disk, or storage would not have shown it: so both answers below may be
// given without waiting for anything.
void Replica::compare(OpId op, Apply& apply, const std::optional<Record>& held) {
  const auto order = held ? newness(apply.record, *held) : std::strong_ordering::greater;
  if (order > 0) return storage_->append(op, std::move(apply.record));
  env_.stamps.observe(held->version);
  ApplyReply reply;
  reply.outcome = order == 0 ? ApplyOutcome::applied : ApplyOutcome::superseded;
  reply.held = held->version;
  reply.alreadyHeld = order == 0;
  if (order == 0) ++counters_.appliedEqual;
  probe(order == 0 ? "replica: the very record was held" : "replica: something newer was held");
  if (order < 0 && apply.source == Source::readRepair && held->isTombstone()) {
    probe("replica: a repair raced with a remove");
  }
  const Asker asker = drop(op);
  answer(asker, std::move(reply));
}

void Replica::onAppended(OpId op, ports::AppendOutcome outcome) {
  const auto found = applies_.find(op);
  assert(found != applies_.end());
  const Asker asker = found->second.asker;
  applies_.erase(found);
  ApplyReply reply;
  reply.outcome = outcome.applied ? ApplyOutcome::applied : ApplyOutcome::superseded;
  if (!outcome.applied) probe("replica: overtaken between look and append");
  reply.held = outcome.held;
  answer(asker, std::move(reply));
}

// Ends an operation that was admitted and appends nothing.
Replica::Asker Replica::drop(OpId op) {
  const auto found = applies_.find(op);
  assert(found != applies_.end());
  const Asker asker = found->second.asker;
  applies_.erase(found);
  storage_->abandon(op);
  return asker;
}

// The clock is read for nobody else.
std::optional<MonoTime> Replica::nowIfTraced(std::uint64_t traceId) const {
  return traceId == 0 ? std::nullopt : std::optional(env_.clock.now());
}

ReplicaTimes Replica::timesOf(const Asker& asker) const {
  ReplicaTimes times;
  if (asker.storageSince) times.storage = env_.clock.now() - *asker.storageSince;
  return times;
}

void Replica::answerHeld(Asker asker, bool withValue, std::optional<Record> held) {
  ++counters_.fetched;
  FetchReply reply;
  reply.outcome = held ? FetchOutcome::held : FetchOutcome::absent;
  reply.times = timesOf(asker);
  if (held) {
    env_.stamps.observe(held->version);
    reply.digest = digestOf(*held);
    reply.record = *std::move(held);
    reply.hasValue = withValue || reply.record.value.size() <= valueSentUnasked;
    if (!reply.hasValue) reply.record.value = Bytes();
  }
  asker.sink->onFetched(asker.op, options_.self, std::move(reply));
}

void Replica::answer(Asker asker, ApplyReply reply) {
  ++(reply.outcome == ApplyOutcome::applied ? counters_.applied : counters_.superseded);
  reply.times = timesOf(asker);
  asker.sink->onApplied(asker.op, options_.self, std::move(reply));
}

void Replica::answerRebuilding(Asker asker) {
  ++counters_.appliesRebuilding;
  ApplyReply reply;
  reply.outcome = ApplyOutcome::rebuilding;
  asker.sink->onApplied(asker.op, options_.self, std::move(reply));
}

void Replica::answerRebuildingFetch(Asker asker) {
  ++counters_.fetchesRebuilding;
  FetchReply reply;
  reply.outcome = FetchOutcome::rebuilding;
  asker.sink->onFetched(asker.op, options_.self, std::move(reply));
}

void Replica::refuse(Asker asker, Refused refused) {
  if (refused.rebuilding) return answerRebuilding(asker);
  count(refused.refusal);
  ApplyReply reply;
  reply.times = timesOf(asker);
  reply.outcome = ApplyOutcome::refused;
  reply.refusal = refused.refusal;
  reply.message = std::move(refused.message);
  asker.sink->onApplied(asker.op, options_.self, std::move(reply));
}

void Replica::refuseFetch(Asker asker, Refused refused) {
  count(refused.refusal);
  FetchReply reply;
  reply.times = timesOf(asker);
  reply.outcome = FetchOutcome::refused;
  reply.refusal = refused.refusal;
  reply.message = std::move(refused.message);
  asker.sink->onFetched(asker.op, options_.self, std::move(reply));
}

void Replica::count(Refusal refusal) {
  switch (refusal) {
    case Refusal::none:
      ++counters_.refusedUnread;
      break;
    case Refusal::overloaded:
      ++counters_.refusedOverloaded;
      break;
    case Refusal::staleEpoch:
      ++counters_.refusedStaleEpoch;
      break;
    case Refusal::diskFull:
      ++counters_.refusedDiskFull;
      break;
    case Refusal::stamp:
      ++counters_.refusedStamp;
      break;
    case Refusal::expired:
      ++counters_.refusedExpired;
      break;
    case Refusal::notOwner:
      ++counters_.refusedNotOwner;
      break;
    case Refusal::invalid:
      ++counters_.refusedInvalid;
      break;
  }
}

void Replica::noteUnread(const Error& error) {
  const MonoTime now = env_.clock.now();
  if (unreadNoted_ && now < *unreadNoted_ + notedEvery) return;
  unreadNoted_ = now;
  env_.events.note(ports::Severity::error, "what is held cannot be read: " + error.message);
}

}  // namespace henge::replica

// What the links bring to the driver; its requests are in driver.cc.
#include <algorithm>
#include <utility>

#include "client/library/driver.h"

namespace henge::library {

namespace {

// A node that has just said that it does not serve is asked again at the earliest after so long,
// unless there is no other.
constexpr Duration refusalRests = 1_s;

}  // namespace

std::optional<std::string> Driver::onGreeted(std::size_t link, const wire::NodeGreeting& greeting) {
  if (cluster_ && *cluster_ != greeting.cluster) {
    return "it belongs to another cluster, '" + greeting.clusterName + "'";
  }
  cluster_ = greeting.cluster;
  limits_ = greeting.limits;
  clock_.observeTime(greeting.hybridTime);
  if (ring_.wantsForHash(greeting.ringHash, env_.clock.now())) askRing(link);
  return std::nullopt;
}

void Driver::askRing(std::size_t link) {
  ring_.asked(env_.clock.now());
  links_.link(link).askRing();
}

void Driver::onRing(std::size_t /*link*/, std::optional<BytesView> frame) {
  if (!frame) return ring_.askFailed();
  const Result<RingView> view = codec_.ringAnswer(*frame);
  if (!view.ok() || !ring_.learn(*view).ok()) return ring_.askFailed();
  ++counters_.ringsLearned;
  for (const Member& member : ring_.ring()->cluster().members) {
    if (!asksOnlySeeds_ || links_.knows(member.client)) links_.know(member.client, member.id);
  }
}

void Driver::onLinkUp(std::size_t /*link*/) { unpark(); }

void Driver::unpark() {
  for (const OpId op : std::exchange(parked_, {})) {
    const auto found = calls_.find(op);
    if (found != calls_.end()) attempt(op, found->second);
  }
}

void Driver::learn(std::size_t link, const wire::AnswerSource& source, Version version) {
  if (source.hybridTime > 0) clock_.observeTime(source.hybridTime);
  clock_.observe(version, env_.clock.wall());
  if (ring_.wantsForEpoch(source.epoch, env_.clock.now())) askRing(link);
}

bool Driver::onAnswer(std::size_t link, OpId op, BytesView frame) {
  const auto found = calls_.find(op);
  if (found == calls_.end()) return true;  // it has ended since
  const bool isAnswer = found->second.ask.isWrite() ? onPutAnswer(link, found, frame)
                                                    : onGetAnswer(link, found, frame);
  if (!isAnswer) onLost(link, op, true, "what came back is no answer");
  return isAnswer;
}

bool Driver::onPutAnswer(std::size_t link, Calls::iterator at, BytesView frame) {
  wire::AnswerSource source;
  const bool isRemove = at->second.ask.verb == Ask::Verb::remove;
  Result<PutAnswer> answer = codec_.putAnswer(frame, isRemove, &source);
  if (!answer.ok()) return false;
  learn(link, source, answer->version);
  if (answer->error) {
    const bool mayHaveHappened = answer->outcome != Outcome::surelyNotApplied;
    onError(link, at, {*answer->error, mayHaveHappened, std::move(answer->trace)});
    return true;
  }
  const OpId op = at->first;
  (void)take(at);
  sink_.onPut(op, resultOf(std::move(*answer)));
  return true;
}

bool Driver::onGetAnswer(std::size_t link, Calls::iterator at, BytesView frame) {
  wire::AnswerSource source;
  Result<GetAnswer> answer = codec_.getAnswer(frame, at->second.ask.key, &source);
  if (!answer.ok()) return false;
  learn(link, source, answer->record ? answer->record->version : Version());
  if (answer->error) {
    onError(link, at, {*answer->error, false, std::move(answer->trace)});
    return true;
  }
  const OpId op = at->first;
  readPatience_.onAnswered(env_.clock.now() - at->second.sentAt);
  (void)take(at);
  sink_.onGot(op, resultOf(std::move(*answer)));
  return true;
}

void Driver::onError(std::size_t link, Calls::iterator at, NodeError told) {
  const RequestError& error = told.error;
  const OpId op = at->first;
  Call& call = at->second;
  const std::size_t node = links_.nodeOfLink(link);
  const Duration retryAfter =
      1_ms * std::clamp<std::int64_t>(error.retryAfterMs, 0, limits_.deadlineMaxMs);
  if (error.kind == RequestErrorKind::rebuilding) {
    links_.suspectUntil(node, env_.clock.now() + refusalRests);
  } else if (error.kind == RequestErrorKind::overloaded) {
    links_.suspectUntil(node, env_.clock.now() + retryAfter);
  }
  (void)call.attempts.end(node, error.message, told.mayHaveHappened);
  if (!told.trace.empty()) call.trace = std::move(told.trace);
  call.error = error;
  decide(op, call, endOf(error.kind), retryAfter);
}

void Driver::onLost(std::size_t link, OpId op, bool wasSent, const std::string& reason) {
  const auto found = calls_.find(op);
  if (found == calls_.end()) return;
  Call& call = found->second;
  if (!call.attempts.end(links_.nodeOfLink(link), reason, wasSent)) return;
  call.error.reset();
  decide(op, call, wasSent ? AttemptEnd::lost : AttemptEnd::notSent, {});
}

}  // namespace henge::library

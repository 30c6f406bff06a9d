#include "client/library/node_link.h"

#include <algorithm>
#include <utility>

namespace henge::library {

namespace {

// An alarm so late says that this process was held up, not that the node was silent.
constexpr Duration heldUp = 200_ms;

// Of a sequence: it repeats after so many, far more than are ever in flight.
constexpr std::uint64_t seqidMask = 0x7fff'ffff;

}  // namespace

NodeLink::NodeLink(std::size_t number, Address address, LinkEnv& env, LinkSink& sink)
    : number_(number),
      address_(std::move(address)),
      env_(env),
      sink_(sink),
      alarm_(env.alarms.add(*this)) {}

NodeLink::~NodeLink() {
  if (stream_) stream_->close();
}

void NodeLink::want() {
  if (state_ == State::idle) dial();
}

void NodeLink::dial() {
  state_ = State::dialling;
  dueAt_ = env_.clock.now() + connectDeadline;
  dial_ = env_.network.dial(address_, *this);
  arm();
}

void NodeLink::onDialled(Result<std::unique_ptr<ports::Socket>> socket) {
  dial_.reset();
  if (!socket.ok()) return goDown(socket.error().message);
  stream_ = std::make_shared<wire::Stream>(std::move(*socket), wire::FrameReader(answerBytesMax),
                                           env_.streams, *this);
  stream_->start();
  greet();
}

void NodeLink::greet() {
  state_ = State::greeting;
  write(Kind::hello, {}, env_.calls.hello(nextSeqid(), true));
}

// Also the answer to a ping, which is a hello.
Status NodeLink::onGreeting(BytesView frame) {
  const Result<wire::NodeGreeting> greeting = env_.calls.greeting(frame);
  if (!greeting.ok()) return greeting.error();
  if (const std::optional<std::string> against = sink_.onGreeted(number_, *greeting)) {
    return Error{ErrorKind::mismatch, *against};
  }
  if (state_ != State::greeting) return {};
  state_ = State::up;
  whyDown_.clear();
  upSince_ = env_.clock.now();
  sink_.onLinkUp(number_);
  return {};
}

std::int32_t NodeLink::nextSeqid() const {
  return static_cast<std::int32_t>((lastSequence_ + 1) & seqidMask);
}

void NodeLink::send(OpId op, Bytes frame) { write(Kind::request, op, std::move(frame)); }

void NodeLink::askRing() { write(Kind::ring, {}, env_.calls.ring(nextSeqid())); }

void NodeLink::write(Kind kind, OpId op, Bytes frame) {
  pending_[++lastSequence_] = {kind, op, stream_->output().appendedEver(), env_.clock.now()};
  stream_->output().append(std::move(frame));
  if (!std::exchange(isFlushing_, true)) env_.timers.atRoundEnd(*this, 0);
  arm();
}

void NodeLink::onTimer(std::uint64_t /*token*/) {
  isFlushing_ = false;
  if (stream_) stream_->flush();
}

Status NodeLink::onFrame(BytesView frame, MonoTime /*firstByte*/) {
  const Result<std::int32_t> seqid = env_.calls.seqidOf(frame);
  if (!seqid.ok()) return seqid.error();
  isPinged_ = false;
  const auto back = (lastSequence_ - static_cast<std::uint64_t>(*seqid)) & seqidMask;
  const auto found = pending_.find(lastSequence_ - back);
  if (found == pending_.end()) return Error{ErrorKind::corrupt, "it answers what was not asked"};
  const Pending call = found->second;
  pending_.erase(found);
  switch (call.kind) {
    case Kind::hello:
      return onGreeting(frame);
    case Kind::ring:
      sink_.onRing(number_, frame);
      return {};
    case Kind::request:
      break;
  }
  if (sink_.onAnswer(number_, call.op, frame)) return {};
  return Error{ErrorKind::corrupt, "what came back is no answer"};
}

void NodeLink::onEnd(const std::string& reason, bool /*orderly*/) { goDown(reason); }

void NodeLink::close() {
  if (state_ == State::closed) return;
  goDown("the client is closed");
  state_ = State::closed;
}

// One that goes down as soon as it is up is dialled ever more slowly.
void NodeLink::goDown(const std::string& reason) {
  const MonoTime now = env_.clock.now();
  if (state_ == State::up && now - upSince_ > pauseMost) backoff_.reset();
  state_ = State::resting;
  dueAt_ = now + backoff_.afterFailure(env_.random);
  whyDown_ = reason;
  isPinged_ = false;
  dial_.reset();
  const std::shared_ptr<wire::Stream> stream = std::exchange(stream_, nullptr);
  if (stream) stream->close();
  arm();
  sink_.onLinkDown(number_);
  const std::uint64_t taken = stream ? stream->output().takenEver() : 0;
  for (const auto& [sequence, call] : std::exchange(pending_, {})) tellLost(call, taken, reason);
}

void NodeLink::tellLost(const Pending& call, std::uint64_t takenEver, const std::string& reason) {
  if (call.kind == Kind::ring) sink_.onRing(number_, std::nullopt);
  if (call.kind != Kind::request) return;
  sink_.onLost(number_, call.op, takenEver > call.streamOffset, reason);
}

Duration NodeLink::silence(MonoTime now) const {
  if (pending_.empty() || !stream_) return {};
  const MonoTime heard = std::max(stream_->lastReceived(), awakeAt_);
  return now - std::max(heard, pending_.begin()->second.sentAt);
}

void NodeLink::arm() {
  if (state_ == State::idle || state_ == State::closed) return;
  if (state_ != State::up) return env_.alarms.setAtLatest(alarm_, dueAt_);
  if (pending_.empty()) return;
  const MonoTime now = env_.clock.now();
  const Duration next = isPinged_ ? silenceMax : pingAfter;
  const Duration left{next.micros - silence(now).micros};
  env_.alarms.setAtLatest(alarm_, now + std::max(left, Duration{1}));
}

void NodeLink::onAlarm(MonoTime due) {
  const MonoTime now = env_.clock.now();
  if (now - due > heldUp) awakeAt_ = now;
  if (state_ == State::up) {
    keepHonest(now);
  } else if (now >= dueAt_ && state_ == State::resting) {
    dial();
  } else if (now >= dueAt_ && (state_ == State::dialling || state_ == State::greeting)) {
    goDown("no answer in time");
  }
  arm();
}

void NodeLink::keepHonest(MonoTime now) {
  const Duration silent = silence(now);
  if (silent >= silenceMax) {
    goDown("silent for " + std::to_string(silent.micros / 1000) + " ms");
  } else if (silent >= pingAfter && !std::exchange(isPinged_, true)) {
    write(Kind::hello, {}, env_.calls.hello(nextSeqid(), true));
  }
}

}  // namespace henge::library

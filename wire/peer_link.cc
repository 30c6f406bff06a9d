#include "wire/peer_link.h"

#include <algorithm>
#include <thrift_gen/Replica.h>
#include <utility>

#include "core/rehearsal.h"
#include "wire/convert_replica.h"

namespace henge::wire {

namespace {

enum Token : std::uint64_t { flushToken = 1, unsentToken };

// What a peer has said while this process stood still waits, unread: it is read before the peer is
// judged.
constexpr Duration timeToRead = 50_ms;

}  // namespace

PeerLink::PeerLink(const PeerLinksOptions& options, const Member& peer, PeerLinksEnv& env,
                   const StreamEnv& streams, LinkCodec& codec, LinkAlarms& alarms)
    : options_(options),
      peer_(peer),
      env_(env),
      streams_(streams),
      codec_(codec),
      alarms_(alarms),
      backoff_(options.backoffMin, options.backoffMax),
      alarm_(alarms.add(*this)) {}

PeerLink::~PeerLink() {
  if (stream_) stream_->close();
}

std::string PeerLink::label() const {
  return "link to " + toString(peer_.id) + " (" + toString(peer_.peer) + ")";
}

void PeerLink::start() {
  if (state_ == State::stopped) dial();
}

void PeerLink::stop() {
  if (state_ == State::stopped) return;
  noted_ = "this node stops";  // which is told elsewhere
  goDown(noted_);
  state_ = State::stopped;
}

void PeerLink::hurry() {
  if (state_ != State::resting || std::exchange(hurried_, true)) return;
  henge::probe("link: hurried");
  backoff_.reset();
  dial();
}

void PeerLink::dial() {
  state_ = State::dialling;
  connectBy_ = env_.clock.now() + options_.connectDeadline;
  dial_ = env_.network.dial(peer_.peer, *this);
  arm();
}

void PeerLink::onDialled(Result<std::unique_ptr<ports::Socket>> socket) {
  dial_.reset();
  if (!socket.ok()) return goDown(socket.error().message);
  stream_ = std::make_shared<Stream>(std::move(*socket), FrameReader(options_.frameBytesMax),
                                     streams_, *this);
  stream_->start();
  greet();
}

void PeerLink::greet() {
  state_ = State::greeting;
  thrift::PeerHelloRequest hello = toThrift(env_.me.hello());
  PendingCall call;
  call.kind = CallKind::hello;
  call.deadline = connectBy_;
  ask<thrift::Replica_hello_args>(call, "hello", hello);
}

std::optional<std::string> PeerLink::reasonAgainst(const PeerHello& theirs) const {
  if (const Status checked = checkHello(env_.me.hello(), theirs); !checked.ok()) {
    return checked.error().message;
  }
  if (theirs.node == peer_.id) return std::nullopt;
  return toString(peer_.peer) + " is answered by " + toString(theirs.node) + ": the cluster file " +
         "and that node's --node differ";
}

void PeerLink::onGreeted(const MessageHead& head) {
  thrift::Replica_hello_result result;
  if (!codec_.decoder.read(head, result).ok() || !result.__isset.success) {
    return refuse("its answer to hello cannot be decoded");
  }
  thrift::PeerHelloAnswer& answer = result.success;
  if (answer.__isset.refused) return refuse(answer.refused);
  PeerHello theirs;
  if (const auto wrong = toCore(answer.me, theirs)) return refuse("it answered " + *wrong);
  if (const auto reason = reasonAgainst(theirs)) return refuse(*reason);
  onUp(theirs, {answer.youRebuild, answer.reason});
}

void PeerLink::onUp(const PeerHello& theirs, const ports::HelloVerdict& verdict) {
  state_ = State::up;
  heard_ = env_.clock.now();
  pinged_ = false;
  lastLook_.reset();
  synced_ = theirs.syncedTo;
  frameBytesMax_ = frameBytesMaxWith(theirs);
  upSince_ = heard_;
  noted_.clear();
  ++streams_.counters.connections;
  env_.events.note(ports::Severity::info, label() + " is up");
  if (theirs.hybridTime > 0) env_.stamps.observeTime(theirs.hybridTime);
  if (theirs.wallTime > 0) env_.stamps.hearClock(peer_.id, {theirs.wallTime});
  env_.peerEvents.onHelloAnswered(theirs, verdict);
  env_.peerEvents.onLinkUp(peer_.id);
  arm();
}

// A peer whose values are smaller ends the stream at a frame that is too large for it.
std::size_t PeerLink::frameBytesMaxWith(const PeerHello& theirs) const {
  const std::size_t mine = env_.me.hello().valueBytesMax;
  if (theirs.valueBytesMax == 0 || theirs.valueBytesMax >= mine) return options_.frameBytesMax;
  return options_.frameBytesMax - (mine - theirs.valueBytesMax);
}

void PeerLink::refuse(const std::string& reason) {
  ++streams_.counters.refused;
  stream_->close();
  stream_.reset();
  (void)pending_.takeAll();
  rest(Backoff::jittered(options_.refusedRetry, env_.random), "hello refused: " + reason);
}

void PeerLink::onEnd(const std::string& reason, bool /*orderly*/) { goDown(reason); }

// Membership hears of it first: whoever is answered below may ask for another replica at once.
// One that goes down as soon as it is up is dialled ever more slowly.
void PeerLink::goDown(const std::string& reason) {
  if (state_ == State::up && env_.clock.now() - upSince_ > options_.backoffMax) {
    backoff_.reset();
    hurried_ = false;
  }
  dial_.reset();
  const std::shared_ptr<Stream> stream = std::exchange(stream_, nullptr);
  if (stream) stream->close();
  rest(backoff_.afterFailure(env_.random), reason);
  if (pending_.size() > 0) henge::probe("link: goes down with requests on it");
  for (const PendingCall& call : pending_.takeAll()) {
    answerUnreachable(call, stream->output().takenEver() > call.streamOffset,
                      "link to " + toString(peer_.id) + " went down: " + reason);
  }
}

// Told once per reason, however often it fails again.
void PeerLink::rest(Duration delay, const std::string& reason) {
  const bool wasUp = state_ == State::up;
  state_ = State::resting;
  restUntil_ = env_.clock.now() + delay;
  arm();
  if (noted_ == reason) return;
  noted_ = reason;
  env_.events.note(ports::Severity::warning,
                   label() + (wasUp ? " went down: " : " is down: ") + reason);
  env_.peerEvents.onLinkDown(peer_.id, reason);
}

void PeerLink::onTimer(std::uint64_t token) {
  if (token == unsentToken) return answerUnsent();
  flushing_ = false;
  if (stream_) stream_->flush();
}

MonoTime PeerLink::nextAlarm() const {
  if (state_ == State::resting) return restUntil_;
  if (state_ != State::up) return connectBy_;
  const MonoTime silence = lastLook_ ? *lastLook_ + timeToRead
                           : pinged_ ? heard_ + silenceUntilLook()
                                     : heard_ + options_.pingAfter;
  return std::min(silence, pending_.nextDeadline().value_or(silence));
}

void PeerLink::arm() {
  if (state_ != State::stopped) alarms_.setAtLatest(alarm_, nextAlarm());
}

void PeerLink::onAlarm(MonoTime due) {
  if (state_ == State::stopped) return;
  const MonoTime now = env_.clock.now();
  if (const Duration late = now - due; late > LinkAlarms::heldUp) {
    henge::probe("link: this process was held up");
    heard_ = std::min(now, heard_ + late);
  }
  if (state_ == State::up) {
    while (const std::optional<PendingCall> call = pending_.takeExpired(now)) {
      henge::probe("link: a deadline passes in silence");
      noteExpired(*call);
      answerUnreachable(*call, true, toString(peer_.id) + " did not answer in time");
    }
    if (state_ == State::up) keepHonest(now);
  } else if (state_ == State::resting) {
    if (now >= restUntil_) dial();
  } else if (now >= connectBy_) {
    goDown("no answer in time");
  }
  arm();
}

Duration PeerLink::silenceUntilLook() const {
  return {std::max(options_.silenceMax.micros - timeToRead.micros, options_.silenceMax.micros / 2)};
}

void PeerLink::keepHonest(MonoTime now) {
  heard_ = std::max(heard_, stream_->lastReceived());
  const Duration silent = now - heard_;
  if (silent < silenceUntilLook()) {
    lastLook_.reset();
    if (silent < options_.pingAfter) {
      pinged_ = false;
    } else if (!std::exchange(pinged_, true)) {
      PendingCall call;
      call.deadline = now + options_.silenceMax;
      ping(call);
    }
  } else if (!lastLook_) {
    lastLook_ = now;
  } else if (now >= *lastLook_ + timeToRead) {
    henge::probe("link: down for silence");
    goDown("silent for " + std::to_string(silent.micros / 1000) + " ms");
  }
}

}  // namespace henge::wire

// The link to one peer. Private to wire: Thrift's headers are in it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wire/backoff.h"
#include "wire/codec.h"
#include "wire/link_alarms.h"
#include "wire/peer_links.h"
#include "wire/pending_calls.h"
#include "wire/stream.h"

namespace henge::wire {

// What all links of a node have together: each uses it for the time of one call.
struct LinkCodec {
  Encoder encoder;
  Decoder decoder;
};

// Resting, dialling, greeting, up, and again – from start() to stop(). Thread: the loop's.
class PeerLink final : public ports::DialSink,
                       public StreamSink,
                       public ports::TimerSink,
                       public AlarmSink {
 public:
  // What is given by reference outlives it; the peer is one of the options' cluster.
  PeerLink(const PeerLinksOptions& options, const Member& peer, PeerLinksEnv& env,
           const StreamEnv& streams, LinkCodec& codec, LinkAlarms& alarms);
  ~PeerLink();
  PeerLink(const PeerLink&) = delete;
  PeerLink& operator=(const PeerLink&) = delete;

  void start();
  void stop();
  void hurry();

  void apply(OpId op, ports::ReplicaSink& sink, ApplyRequest request);
  void fetch(OpId op, ports::ReplicaSink& sink, FetchRequest request);
  void probe(OpId op, ports::ProbeSink& sink, MonoTime deadline);
  void probeThrough(NodeId member, OpId op, ports::ProbeSink& sink, MonoTime deadline);

  bool isUp() const { return state_ == State::up; }
  std::size_t inFlight() const { return pending_.requests(); }

 private:
  enum class State { stopped, resting, dialling, greeting, up };

  // Why a request is not sent.
  struct NotSent {
    std::string reason;
    Refusal refusal = Refusal::none;  // in the peer's place; none: it was not reached
  };
  // One that was not; answered at the round's end, since never inside the call.
  struct Unsent {
    PendingCall call;
    NotSent why;
  };

  // The link's life (peer_link.cc).
  void dial();
  void onDialled(Result<std::unique_ptr<ports::Socket>> socket) override;
  void greet();
  void onGreeted(const MessageHead& head);
  std::optional<std::string> reasonAgainst(const PeerHello& theirs) const;
  void onUp(const PeerHello& theirs, const ports::HelloVerdict& verdict);
  std::size_t frameBytesMaxWith(const PeerHello& theirs) const;
  void refuse(const std::string& reason);
  void goDown(const std::string& reason);
  void rest(Duration delay, const std::string& reason);
  void onEnd(const std::string& reason, bool orderly) override;

  // Time (peer_link.cc).
  void onTimer(std::uint64_t token) override;
  void onAlarm(MonoTime due) override;
  void arm();
  MonoTime nextAlarm() const;
  void keepHonest(MonoTime now);
  Duration silenceUntilLook() const;

  // Requests and answers (peer_calls.cc).
  std::optional<NotSent> reasonNotToSend(MonoTime deadline, std::size_t bytes) const;
  std::optional<std::string> reachesLimit(std::size_t bytes) const;
  template <typename Args, typename Request>
  void ask(PendingCall call, const char* name, Request& request);
  void send(PendingCall call, std::int32_t seqid, Bytes frame);
  void ping(PendingCall call);
  bool wantsFrames() const override { return true; }
  Status onFrame(BytesView frame, MonoTime firstByte) override;
  void onTaken() override {}
  Status onAnswer(const PendingCall& call, const MessageHead& head);
  Status onLateAnswer(const MessageHead& head);
  Status onException(const PendingCall& call, const MessageHead& head);
  template <typename Answer>
  void learn(const Answer& answer);
  void noteLatency(const PendingCall& call);
  void noteExpired(const PendingCall& call);
  void refuseLater(const PendingCall& call, NotSent why);
  void answerUnsent();
  void answerRefused(const PendingCall& call, const NotSent& why);
  void answerUnreachable(const PendingCall& call, bool sent, const std::string& reason);
  std::string label() const;

  const PeerLinksOptions& options_;
  const Member& peer_;
  PeerLinksEnv& env_;
  const StreamEnv& streams_;
  LinkCodec& codec_;
  LinkAlarms& alarms_;
  State state_ = State::stopped;
  std::unique_ptr<ports::Dial> dial_;
  std::shared_ptr<Stream> stream_;
  PendingCalls pending_;
  std::vector<Unsent> unsent_;
  Backoff backoff_;
  bool hurried_ = false;  // since a link last lasted
  MonoTime restUntil_;
  MonoTime connectBy_;
  MonoTime upSince_;
  MonoTime heard_;  // when the peer was last heard of, or this loop last woke from a pause
  bool pinged_ = false;
  std::optional<MonoTime> lastLook_;  // it had been silent for nearly too long: once more, and down
  bool flushing_ = false;
  const std::uint32_t alarm_;
  std::size_t frameBytesMax_ = 0;  // that both ends take; known while it is up
  LogPosition synced_;             // the furthest the peer's answers have said
  std::string noted_;              // why it is down, as last told
};

}  // namespace henge::wire

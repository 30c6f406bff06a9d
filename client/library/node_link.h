// One connection to one node.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/cluster.h"
#include "core/ids.h"
#include "core/time.h"
#include "server/ports/clock.h"
#include "server/ports/network.h"
#include "server/ports/random.h"
#include "server/ports/timers.h"
#include "wire/backoff.h"
#include "wire/link_alarms.h"
#include "wire/store_calls.h"
#include "wire/stream.h"

namespace henge::library {

class LinkSink {
 public:
  // The node has said who it is. A reason is why it is not wanted: the link is closed again.
  virtual std::optional<std::string> onGreeted(std::size_t link,
                                               const wire::NodeGreeting& greeting) = 0;
  virtual void onLinkUp(std::size_t link) = 0;
  virtual void onLinkDown(std::size_t link) = 0;  // before its requests are told
  // The answer to a request, without its length. The view dies with the call. False: it is none,
  // and the connection is of no use any more.
  virtual bool onAnswer(std::size_t link, OpId op, BytesView frame) = 0;
  // The connection is gone with the request on it. wasSent: a byte of it may have left.
  virtual void onLost(std::size_t link, OpId op, bool wasSent, const std::string& reason) = 0;
  virtual void onRing(std::size_t link, std::optional<BytesView> frame) = 0;  // nullopt: lost

 protected:
  ~LinkSink() = default;
};

// What all links of a driver have together; outlives them.
struct LinkEnv {
  ports::Clock& clock;
  ports::Timers& timers;
  ports::Random& random;
  ports::Network& network;
  wire::StoreCalls& calls;
  wire::StreamEnv streams;
  wire::LinkAlarms& alarms;
};

// Idle until want(); from then on dialled whenever it is down, with pauses. What a loop round sends
// leaves in one write; answers are matched by seqid. A request whose answer nobody waits for any
// more stays counted until the node answers or falls silent: so a node that stalls is seen to be
// busy. Unbounded of itself: the driver's caller bounds the requests.
//
// Thread: the loop's. Lives as long as the loop's rounds go on.
class NodeLink final : public ports::DialSink,
                       public wire::StreamSink,
                       public ports::TimerSink,
                       public wire::AlarmSink {
 public:
  static constexpr Duration connectDeadline{2'000'000};
  static constexpr Duration pauseLeast{50'000};
  static constexpr Duration pauseMost{2'000'000};
  static constexpr Duration suspectAfter{250'000};           // of silence with requests on it
  static constexpr Duration pingAfter{1'000'000};            // of the same: is anybody there?
  static constexpr Duration silenceMax{3'000'000};           // then the connection is given up
  static constexpr std::uint32_t answerBytesMax = 64 << 20;  // reserved only as it arrives

  NodeLink(std::size_t number, Address address, LinkEnv& env, LinkSink& sink);
  ~NodeLink();
  NodeLink(const NodeLink&) = delete;
  NodeLink& operator=(const NodeLink&) = delete;

  void want();
  void close();  // for good; what is on it is told as lost

  bool isUp() const { return state_ == State::up; }
  bool isSuspect(MonoTime now) const { return silence(now) >= suspectAfter; }
  std::size_t inFlight() const { return pending_.size(); }
  const std::string& whyDown() const { return whyDown_; }  // "" while nothing is known against it

  // Once it has greeted. The frame must bear nextSeqid().
  std::int32_t nextSeqid() const;
  void send(OpId op, Bytes frame);
  void askRing();

 private:
  enum class State { idle, dialling, greeting, up, resting, closed };
  enum class Kind : std::uint8_t { hello, ring, request };
  struct Pending {
    Kind kind = Kind::request;
    OpId op;
    std::uint64_t streamOffset = 0;  // where its frame begins among all bytes of the connection
    MonoTime sentAt;
  };

  void dial();
  void onDialled(Result<std::unique_ptr<ports::Socket>> socket) override;
  void greet();
  Status onGreeting(BytesView frame);

  void onTimer(std::uint64_t token) override;
  void onAlarm(MonoTime due) override;
  void arm();
  Duration silence(MonoTime now) const;
  void keepHonest(MonoTime now);

  void write(Kind kind, OpId op, Bytes frame);
  bool wantsFrames() const override { return true; }
  Status onFrame(BytesView frame, MonoTime firstByte) override;
  void onTaken() override {}
  void onEnd(const std::string& reason, bool orderly) override;
  void goDown(const std::string& reason);
  void tellLost(const Pending& call, std::uint64_t takenEver, const std::string& reason);

  const std::size_t number_;
  const Address address_;
  LinkEnv& env_;
  LinkSink& sink_;
  State state_ = State::idle;
  wire::Backoff backoff_{pauseLeast, pauseMost};
  MonoTime dueAt_;  // of the dialling, greeting or resting
  MonoTime upSince_;
  MonoTime awakeAt_;  // when this loop last woke from a pause
  bool isPinged_ = false;
  bool isFlushing_ = false;
  std::string whyDown_;
  std::unique_ptr<ports::Dial> dial_;
  std::shared_ptr<wire::Stream> stream_;
  std::uint64_t lastSequence_ = 0;
  std::map<std::uint64_t, Pending> pending_;  // by sequence, which is the order of sending
  const std::uint32_t alarm_;
};

}  // namespace henge::library

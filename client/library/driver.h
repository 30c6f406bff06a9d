// Many requests under way to a cluster, on one event loop: whom each is sent to, when it is sent
// again, how it ends. Without threads, clocks or sockets of its own: it also runs in the simulator.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/library/ask.h"
#include "client/library/attempts.h"
#include "client/library/client_clock.h"
#include "client/library/node_links.h"
#include "client/library/read_patience.h"
#include "client/library/results.h"
#include "client/library/retry_budget.h"
#include "client/library/retry_policy.h"
#include "client/library/ring_sight.h"
#include "core/limits.h"
#include "server/coordinator/deadlines.h"

namespace henge::library {

struct DriverOptions {
  std::vector<Address> seeds;  // ≥ 1
  std::size_t connectionsPerNode = 1;
  std::uint64_t resendReserve = 1024;  // of the budget of resends
  bool hedgesReads = true;
  bool asksOnlySeeds = false;
  std::uint64_t writer = 0;  // in the versions it stamps; drawn at random, not 0
};

struct DriverEnv {
  ports::Clock& clock;
  ports::Timers& timers;
  ports::Random& random;
  ports::Network& network;
};

// Every request is answered exactly once on the sink: by its deadline at the latest, in cancel(),
// or in close(). Requests are as many as its caller has begun: the caller bounds them.
//
// A request is parked while no node that could take it is up, then asked, one attempt after another
// with pauses between them as nextStep() says; after patienceOf() a second node is asked beside the
// first. The first answer at its level ends it. A read is hedged: another node is asked beside the
// first as soon as it takes longer than 99 of 100 others did.
//
// Thread: the loop's. The ports and the sink outlive it; it outlives the loop's last round.
class Driver final : private LinkSink, private ports::TimerSink {
 public:
  Driver(const DriverOptions& options, DriverEnv env, AskSink& sink);

  // Begins to dial the seeds.
  void start();

  // `op` is the caller's, never given twice. May be answered inside the call.
  void ask(OpId op, Ask ask);
  void cancel(OpId op);
  void close();  // answers all; nothing may be asked any more

  ClientCounters counters() const;
  const Ring* ring() const { return ring_.ring(); }

 private:
  struct Call {
    enum class State : std::uint8_t { parked, pausing, asking } state = State::parked;
    Ask ask;
    Attempts attempts;
    std::optional<RequestError> error;  // of the last attempt, if the node gave one
    std::string trace;                  // of the last error that came with one
    MonoTime wakeAt;
    MonoTime sentAt;         // first
    bool mayHedge = false;   // it waits for the time at which a second node is asked
    bool wasDenied = false;  // a resend, for want of budget
  };
  using Calls = std::map<OpId, Call>;

  struct NodeError {
    RequestError error;
    bool mayHaveHappened = false;
    std::string trace;  // empty: it told none
  };

  // One request, from attempt to attempt (driver.cc).
  const std::vector<NodeId>& replicasOf(const Call& call) const;  // none: the ring is not known
  void attempt(OpId op, Call& call);
  void askBeside(OpId op, Call& call);
  MonoTime patienceEnd(Call& call, MonoTime now);
  bool passesLimits(OpId op, Call& call);
  void sendOn(std::size_t link, OpId op, Call& call);
  void wake(OpId op, Call& call, MonoTime when);
  void onTimer(std::uint64_t token) override;
  void onDue(OpId op, MonoTime now);
  void decide(OpId op, Call& call, AttemptEnd end, Duration retryAfter);
  bool takeBudget(Call& call);
  bool takeHedge();
  Call take(Calls::iterator at);
  void fail(OpId op, const Failure& failure);
  void failAsItStands(OpId op);

  // What the links bring (driver_events.cc).
  std::optional<std::string> onGreeted(std::size_t link,
                                       const wire::NodeGreeting& greeting) override;
  void onLinkUp(std::size_t link) override;
  void onLinkDown(std::size_t /*link*/) override {}
  bool onAnswer(std::size_t link, OpId op, BytesView frame) override;
  bool onPutAnswer(std::size_t link, Calls::iterator at, BytesView frame);
  bool onGetAnswer(std::size_t link, Calls::iterator at, BytesView frame);
  void onError(std::size_t link, Calls::iterator at, NodeError told);
  void onLost(std::size_t link, OpId op, bool wasSent, const std::string& reason) override;
  void onRing(std::size_t link, std::optional<BytesView> frame) override;
  void learn(std::size_t link, const wire::AnswerSource& source, Version version);
  void askRing(std::size_t link);
  void unpark();

  DriverEnv env_;
  AskSink& sink_;
  wire::StoreCalls codec_;
  wire::TrafficCounters traffic_;
  wire::ReadSpace readSpace_;
  wire::LinkAlarms alarms_;
  NodeLinks links_;
  RingSight ring_;
  ClientClock clock_;
  RetryBudget budget_;
  RetryBudget hedges_;
  ReadPatience readPatience_;
  const bool hedgesReads_;
  const bool asksOnlySeeds_;
  coordinator::Deadlines wakes_;
  Calls calls_;
  std::set<OpId> parked_;
  Limits limits_;  // as the node that greeted last told them
  std::optional<ClusterId> cluster_;
  ClientCounters counters_;
};

}  // namespace henge::library

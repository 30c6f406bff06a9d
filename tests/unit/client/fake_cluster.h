// A cluster in one object: the core's plans and merges over maps, without network or disk, so that
// every screen can be told what to show.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "client/node_session.h"
#include "core/up_set.h"
#include "server/ports/clock.h"

namespace henge::client::testing {

struct FakeNode {
  bool answers = true;  // a connection can be made
  std::string cause = "connection refused";
  Liveness liveness = Liveness::up;  // as the others see it
  std::string reason;                // why it is not up, as the others say
  Duration since{41'000'000};
  std::string state = "serving";  // as it says itself
  std::string stateReason;
  std::string logSync = "always";
  Duration clockOffset{0};
  std::int64_t keys = 0;
  std::int64_t dataBytes = 0;
  std::map<std::string, std::int64_t> counters;
  std::string acceptRefusal;  // empty: it accepts
  LogView log;
  HintsView hints;
  HintSync sync;
  std::string trace = "trace 7f  ?  total 0.20 ms\n  0.00  n0  the request is read\nThe end.\n";
  Limits limits;
};

// What the next put or get is answered instead of what the maps say.
struct NextAnswer {
  std::string callError;  // "unsent" or "lost": the call itself fails
  std::string cause;
  std::optional<RequestError> error;
  Outcome outcome = Outcome::unknown;
  bool superseded = false;
};

class FakeCluster final : public Dialer {
 public:
  FakeCluster();  // four nodes, RF 3, tokens 00 40 80 c0, client ports 9000 to 9003

  Result<std::unique_ptr<NodeSession>> dial(const Address& address, Duration timeout) override;

  Cluster cluster;
  std::map<std::uint32_t, FakeNode> nodes;
  std::map<Bytes, std::map<std::uint32_t, Record>> held;
  std::deque<NextAnswer> next;

  // What was asked, in order: "n0 put x'89'", and for dials "9000".
  std::vector<std::string> calls() const;
  void note(std::string call);

  PutAnswer put(NodeId via, const PutRequest& request);
  GetAnswer get(NodeId via, const GetRequest& request) const;
  RingView ring(NodeId via) const;
  NodeStatus status(NodeId via) const;
  UpSet upSet() const;

 private:
  mutable std::mutex mutex_;  // of calls_: status asks from several threads
  std::vector<std::string> calls_;
  std::int64_t stamp_ = 1'795'236'306'646'329;
};

inline constexpr WallTime fakeWall{1'795'236'600'000'000};  // 2026-11-21 04:50:00Z

// Each look at the time takes 205 µs.
class FakeClock final : public ports::Clock {
 public:
  MonoTime now() const override { return {now_.fetch_add(205)}; }
  WallTime wall() const override { return fakeWall; }

 private:
  mutable std::atomic<std::int64_t> now_{0};
};

}  // namespace henge::client::testing

// One client: a connection to one node at a time, requests on it as stock clients send them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cluster.h"
#include "server/ports/clock.h"
#include "server/ports/network.h"
#include "server/ports/timers.h"
#include "tests/sim/chance.h"
#include "tests/sim/oracle/client_oracle.h"
#include "tests/sim/plan/settings.h"
#include "tests/sim/world/trace.h"
#include "wire/frame_reader.h"
#include "wire/output_queue.h"
#include "wire/store_calls.h"

namespace henge::sim {

struct ClientEnv {
  const henge::Cluster& cluster;
  const KeyTable& keys;
  const ports::Clock& clock;
  ports::Timers& timers;
  ports::Network& network;
  ClientOracle& oracle;
  Trace& trace;
};

class ClientSink {
 public:
  virtual void onEnded(std::uint64_t op, ClientEnd end) = 0;

 protected:
  ~ClientSink() = default;
};

// Asks, remembers what it asked, tells the oracle what came of it. A write under its own stamp that
// got no clear answer is sent again, elsewhere, under the same version. Thread: the one there is.
class SimClient final : private ports::DialSink,
                        private ports::SocketSink,
                        private ports::TimerSink {
 public:
  static constexpr std::size_t inFlightMax = 8;
  static constexpr int attemptsMax = 3;

  SimClient(std::uint32_t number, const Settings& settings, ClientEnv env, ClientSink* sink);
  ~SimClient();

  // Asks by itself from now on, until stop().
  void start();
  void stop() { asking_ = false; }
  std::size_t inFlight() const { return calls_.size(); }

  // One question of somebody else's; its end goes to the sink. The version is left to the node.
  std::uint64_t ask(ClientVerb verb, std::size_t key, Consistency level, std::uint32_t node,
                    Duration deadline);

 private:
  struct Call {
    std::uint64_t op = 0;
    std::uint32_t node = 0;
    int attempts = 0;
    bool sent = false;
    bool maybeApplied = false;  // an earlier attempt ended without a clear no
    MonoTime giveUpAt;          // of this attempt
    Duration deadline;
  };
  enum Token : std::uint64_t { askToken, flushToken, firstCallToken };

  void onTimer(std::uint64_t token) override;
  void onDialled(Result<std::unique_ptr<ports::Socket>> socket) override;
  void onReadable() override;
  void onWritable() override;

  void askNext();
  std::uint32_t chooseNode();
  ClientOp drawOp();
  std::uint64_t begin(ClientOp op, std::optional<Version> version, std::uint32_t node,
                      Duration deadline);
  void attempt(std::int32_t seqid);
  void connect(std::uint32_t node);
  void disconnect();
  void send(std::int32_t seqid, Call& call);
  void flush();
  Status readFrames();
  void onAnswer(BytesView frame);
  void endAttempt(std::int32_t seqid, ClientEnd end, const PutAnswer& put, const GetAnswer& get);
  void finish(std::int32_t seqid, ClientEnd end, const PutAnswer& put, const GetAnswer& get);
  void note(const Call& call, ClientEnd end, const std::optional<RequestError>& error);
  Version ownStamp();

  const std::uint32_t number_;
  const Settings settings_;
  ClientEnv env_;
  ClientSink* sink_;
  Chance chance_;
  Chance traceChance_;  // apart, so that a seed means what it meant before there were traces
  wire::StoreCalls codec_;
  const bool stampsItself_;
  bool asking_ = false;
  std::int64_t lastStamp_ = 0;

  std::uint32_t node_ = 0;  // whom the connection leads to
  std::unique_ptr<ports::Dial> dial_;
  std::unique_ptr<ports::Socket> socket_;
  wire::FrameReader frames_;
  wire::OutputQueue output_;
  bool flushing_ = false;
  bool blocked_ = false;  // the net takes no more

  std::int32_t lastSeqid_ = 0;
  std::map<std::int32_t, Call> calls_;
};

}  // namespace henge::sim

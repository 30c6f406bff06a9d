// Three nodes of the shipped coordinator, replica and storage on virtual time, in one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "server/coordinator/coordinator.h"
#include "server/coordinator/replica_route.h"
#include "server/replica/replica.h"
#include "server/storage/durable_clock.h"
#include "server/storage/memory_store.h"
#include "server/storage/shard_storage.h"
#include "tests/kit/fake_disk.h"
#include "tests/kit/virtual_loop.h"

namespace henge::sim {

class SimNode;

// The network, the clients and the trace. One seed, one run, one trace.
class World final : public ports::ReplicaSink, public ports::ClientSink, public ports::TimerSink {
 public:
  explicit World(std::uint64_t seed);
  ~World();

  void powerCut();  // every node at once; unsynced sectors and unflushed batches are drawn by lot
  void restart();   // all nodes, until each has replayed its log
  bool runUntil(const std::function<bool()>& done) { return loop.runUntil(done, 60_s); }

  // By node `coordinator`, at QUORUM. What was answered OK is kept in `acknowledged`.
  void put(std::uint32_t coordinator, const Bytes& key, const Bytes& value);
  void get(std::uint32_t coordinator, const Bytes& key);
  std::size_t waiting() const { return asked_.size(); }

  // A replica is asked over the network; `life` is the asking node's, dead ones hear nothing.
  void call(std::uint64_t life, NodeId to, OpId op, ports::ReplicaSink& sink,
            std::function<void(replica::Replica&, OpId)> ask);
  void note(const std::string& event);
  std::uint64_t traceHash() const { return traceHash_; }

  struct Acknowledged {
    Version version;
    Bytes value;
  };
  kit::VirtualLoop loop;
  std::mt19937_64 chance;
  std::shared_ptr<const Ring> ring;
  std::map<Bytes, Acknowledged> acknowledged;  // the newest of each key
  std::map<Bytes, GetAnswer> read;

 private:
  struct Call {
    std::uint64_t life;
    OpId op;
    ports::ReplicaSink* sink;
  };
  struct Asked {
    Bytes key;
    Bytes value;
  };
  void onApplied(OpId op, NodeId from, ApplyReply reply) override;
  void onFetched(OpId op, NodeId from, FetchReply reply) override;
  void onPut(OpId op, PutAnswer answer) override;
  void onGot(OpId op, GetAnswer answer) override;
  void onTimer(std::uint64_t token) override;
  void later(std::function<void()> act);
  bool alive(std::uint64_t life) const;

  std::map<std::uint64_t, std::function<void()>> deliveries_;
  std::map<OpId, Call> calls_;
  std::map<OpId, Asked> asked_;
  std::uint64_t next_ = 0;
  std::uint64_t traceHash_ = 0;
  std::vector<std::unique_ptr<kit::FakeFiles>> files_;
  std::vector<std::unique_ptr<storage::MemoryStore>> stores_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
};

}  // namespace henge::sim

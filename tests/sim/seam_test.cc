// Three nodes of the shipped coordinator, replica, committer and feeder meet power cuts, on virtual
// time, in one thread. One seed is one run is one trace.
#include <gtest/gtest.h>

#include "server/coordinator/coordinator.h"
#include "server/coordinator/replica_route.h"
#include "server/replica/replica.h"
#include "server/storage/durable_clock.h"
#include "server/storage/memory_store.h"
#include "server/storage/shard_storage.h"
#include "tests/kit/fake_disk.h"
#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"
#include "tests/sim/chance.h"

namespace henge::sim {
namespace {

constexpr std::uint32_t nodeCount = 3;
constexpr std::size_t keyCount = 20;

std::shared_ptr<const Ring> threeNodes() {
  Cluster cluster;
  cluster.name = "seam";
  cluster.id = ClusterId{1};
  for (std::uint32_t n = 0; n < nodeCount; ++n) {
    const auto port = static_cast<std::uint16_t>(2 * n + 1);
    const auto peerPort = static_cast<std::uint16_t>(port + 1);
    const Bytes token(1, static_cast<char>(0x55 * n));
    cluster.members.push_back({NodeId{n}, "", {token}, {"sim", port}, {"sim", peerPort}});
  }
  return std::make_shared<Ring>(cluster);
}

storage::StorageOptions smallSegments(NodeId node) {
  storage::StorageOptions options;
  options.owner = {ClusterId{1}, DirectoryId{node.value + 100}, 0};
  options.segmentBytes = 4096;
  options.logBytesMax = 8 * 4096;
  options.feedBatchBytesMax = 512;
  return options;
}

// What lies between nodes: brings a question to another node's replica and the answer back.
class Network {
 public:
  using Ask = std::function<void(replica::Replica&, OpId, ports::ReplicaSink&)>;
  virtual ~Network() = default;
  virtual void call(NodeId to, OpId op, ports::ReplicaSink& sink, Ask ask) = 0;
  virtual void note(const std::string& event) = 0;
};

// One life of a node: from a start to a power cut. Its files and store outlive it.
struct SimNode final : ports::Peers,
                       ports::Membership,
                       ports::Fatal,
                       ports::Events,
                       ports::StorageFaults,
                       storage::OpenSink,
                       storage::ClockSink {
  SimNode(Network& net, kit::VirtualLoop& loop, std::shared_ptr<const Ring> ring, NodeId node,
          kit::FakeFiles& files, ports::Store& store)
      : network(net),
        self(node),
        commitDisk(files, loop, loop),
        sideDisk(files, loop, loop),
        stamps({.writer = self.value + 1}, {sideDisk, loop, loop, *this}),
        replica({self, {}, 1000}, ring, {loop, *this, stamps, *this}),
        storage(smallSegments(self), replica,
                {commitDisk, sideDisk, store, loop, loop, *this, *this, *this}),
        route(self, replica, *this, loop),
        coordinator({self, {}, 1000}, ring, {loop, loop, route, *this, stamps, hints, *this}) {
    for (std::uint32_t n = 0; n < nodeCount; ++n) up.set(NodeId{n}, Liveness::up);
    replica.attach(storage);
    stamps.open(*this);
  }
  void onStoreDamaged(const std::string& reason) override { ADD_FAILURE() << reason; }
  void onClockOpened(Status) override { storage.open(*this); }
  void onClockClosed() override {}
  void onOpened(Status status, storage::OpenReport report) override {
    replayed = report.records;
    ready = status.ok() && report.damage.empty();
    network.note(toString(self) + " replayed " + std::to_string(replayed));
  }
  void apply(NodeId to, OpId op, ports::ReplicaSink& sink, ApplyRequest request) override {
    network.call(to, op, sink, [request](auto& r, OpId id, auto& s) { r.apply(id, s, request); });
  }
  void fetch(NodeId to, OpId op, ports::ReplicaSink& sink, FetchRequest request) override {
    network.call(to, op, sink, [request](auto& r, OpId id, auto& s) { r.fetch(id, s, request); });
  }
  const UpSet& upSet() const override { return up; }
  void fatal(ports::ExitCode, const std::string& reason) override { ADD_FAILURE() << reason; }
  void note(ports::Severity, const std::string& line) override { network.note(line); }

  Network& network;
  NodeId self;
  UpSet up;
  bool ready = false;
  std::uint64_t replayed = 0;
  kit::FakeDisk commitDisk;
  kit::FakeDisk sideDisk;
  storage::DurableClock stamps;
  replica::Replica replica;
  storage::ShardStorage storage;
  coordinator::ReplicaRoute route;
  kit::NotedHints hints;  // nobody delivers them
  coordinator::Coordinator coordinator;
};

struct Acknowledged {
  Version version;
  Bytes value;
};

class World final : public Network, ports::ReplicaSink, ports::ClientSink, ports::TimerSink {
 public:
  explicit World(std::uint64_t seed) : chance_(seed), ring_(threeNodes()), stores_() {
    for (auto& store : stores_) store = std::make_unique<storage::MemoryStore>(loop, loop);
    start();
  }
  ~World() override { powerCut(); }

  void start() {
    for (std::uint32_t n = 0; n < nodeCount; ++n) {
      nodes_[n] = std::make_unique<SimNode>(*this, loop, ring_, NodeId{n}, files_[n], *stores_[n]);
    }
    const auto ready = [](const auto& node) { return node->ready; };
    ASSERT_TRUE(loop.runUntil([&] { return std::all_of(nodes_.begin(), nodes_.end(), ready); }));
    for (const auto& node : nodes_) replayed += node->replayed;
  }

  // Every node at once; which unsynced sectors and unflushed batches survive is drawn by lot.
  void powerCut() {
    if (!asked_.empty()) ++cutsAmidPuts;
    for (auto& node : nodes_) {
      if (node->storage.status().frozenTables > 0) ++cutsAmidFeeds;
      node.reset();
    }
    loop.forgetAll();
    calls_.clear();
    deliveries_.clear();
    asked_.clear();
    for (auto& files : files_) files.powerCut(chance_);
    for (auto& store : stores_) store->crash(chance_.below(store->unflushedBatches() + 1));
  }

  void put(std::size_t coordinator, const Bytes& key, const Bytes& value) {
    PutRequest request;
    request.context.deadline = loop.now() + 2_s;
    request.key = key;
    request.value = value;
    asked_[OpId{++next_}] = {key, value};
    nodes_.at(coordinator)->coordinator.put(OpId{next_}, *this, std::move(request));
  }
  void get(std::size_t coordinator, const Bytes& key) {
    GetRequest request;
    request.context.deadline = loop.now() + 2_s;
    request.key = key;
    asked_[OpId{++next_}] = {key, ""};
    nodes_.at(coordinator)->coordinator.get(OpId{next_}, *this, std::move(request));
  }
  bool settle() {
    return loop.runUntil([this] { return asked_.empty(); }, 60_s);
  }
  void note(const std::string& event) override {
    trace = hash64(std::to_string(trace) + " " + std::to_string(loop.now().micros) + event);
  }

  kit::VirtualLoop loop;
  std::map<Bytes, Acknowledged> acknowledged;  // the newest of each key that was answered OK
  std::map<Bytes, GetAnswer> read;
  std::uint64_t trace = 0;
  std::uint64_t replayed = 0;
  int cutsAmidPuts = 0;
  int cutsAmidFeeds = 0;

 private:
  struct Call {
    OpId op;
    ports::ReplicaSink* sink;
  };
  void call(NodeId to, OpId op, ports::ReplicaSink& sink, Ask ask) override {
    calls_[OpId{++next_}] = {op, &sink};
    later([this, to, id = OpId{next_}, ask] { ask(nodes_[to.value]->replica, id, *this); });
  }
  void onApplied(OpId op, NodeId from, ApplyReply reply) override {
    const Call call = calls_.extract(op).mapped();
    later([call, from, reply] { call.sink->onApplied(call.op, from, reply); });
  }
  void onFetched(OpId op, NodeId from, FetchReply reply) override {
    const Call call = calls_.extract(op).mapped();
    later([call, from, reply] { call.sink->onFetched(call.op, from, reply); });
  }
  void onPut(OpId op, PutAnswer answer) override {
    const auto [key, value] = asked_.extract(op).mapped();
    note(key + toString(answer.version) + std::to_string(static_cast<int>(answer.outcome)));
    Acknowledged& newest = acknowledged[key];
    if (answer.outcome != Outcome::applied || answer.version < newest.version) return;
    newest = {answer.version, value};
  }
  void onGot(OpId op, GetAnswer answer) override {
    const Bytes key = asked_.extract(op).mapped().first;
    note(key + (answer.record ? toString(answer.record->version) : "absent"));
    read[key] = std::move(answer);
  }
  void later(std::function<void()> act) {
    deliveries_[++next_] = std::move(act);
    const auto delay = chance_.between(50, 449);
    loop.wakeAt(loop.now() + Duration{delay}, *this, next_);
  }
  void onTimer(std::uint64_t token) override { deliveries_.extract(token).mapped()(); }

  Chance chance_;
  std::shared_ptr<const Ring> ring_;
  std::map<std::uint64_t, std::function<void()>> deliveries_;
  std::map<OpId, Call> calls_;
  std::map<OpId, std::pair<Bytes, Bytes>> asked_;
  std::uint64_t next_ = 0;
  std::array<kit::FakeFiles, nodeCount> files_;
  std::array<std::unique_ptr<storage::MemoryStore>, nodeCount> stores_;
  std::array<std::unique_ptr<SimNode>, nodeCount> nodes_;
};

void putSome(World& world, std::size_t count, const std::string& name) {
  for (std::size_t n = 0; n < count; ++n) {
    const std::string key = std::to_string(n % keyCount);
    world.put(n % nodeCount, Bytes(1, static_cast<char>(n * 13)) + key,
              Bytes(40 + n, 'v') + name + std::to_string(n));
  }
}

// Every key is read at QUORUM by every node in turn: nothing acknowledged is lost or older.
void expectAllReadBack(World& world) {
  for (std::size_t coordinator = 0; coordinator < nodeCount; ++coordinator) {
    for (const auto& [key, newest] : world.acknowledged) world.get(coordinator, key);
    ASSERT_TRUE(world.settle());
    for (const auto& [key, newest] : world.acknowledged) {
      const GetAnswer& answer = world.read.at(key);
      ASSERT_TRUE(answer.record) << toHex(key) << " is lost";
      ASSERT_GE(answer.record->version, newest.version) << toHex(key) << " went back";
      if (answer.record->version > newest.version) continue;  // an unknown put surfaced
      ASSERT_EQ(answer.record->value, newest.value);
    }
  }
}

// Three quiet rounds of puts, `steps` events of a fourth, a power cut, a restart, and on it goes.
void cutAfter(World& world, std::uint64_t steps) {
  for (const char* round : {"a", "b", "c"}) {
    putSome(world, 60, round);
    ASSERT_TRUE(world.settle());
  }
  putSome(world, 60, "d");
  for (std::uint64_t n = 0; n < steps; ++n) world.loop.step();
  world.powerCut();
  world.start();
  expectAllReadBack(world);
  putSome(world, keyCount, "e");
  ASSERT_TRUE(world.settle());
  expectAllReadBack(world);
}

TEST(Seam, WithoutFaultsEveryPutIsReadBackByEveryNode) {
  World world(1);
  putSome(world, 100, "a");
  ASSERT_TRUE(world.settle());
  EXPECT_GE(world.acknowledged.size(), keyCount);
  expectAllReadBack(world);
}

// A round is some thousand events: sends, appends, syncs, rolls, feeds. The cut comes at every 7th.
TEST(Seam, APowerCutAmidPutsAndFeedsLosesNothingAcknowledged) {
  int cutsAmidPuts = 0, cutsAmidFeeds = 0;
  std::uint64_t replayed = 0;
  for (std::uint64_t steps = 0; steps < 1400 && !testing::Test::HasFatalFailure(); steps += 7) {
    SCOPED_TRACE("cut after " + std::to_string(steps) + " events");
    World world(steps);
    cutAfter(world, steps);
    cutsAmidPuts += world.cutsAmidPuts;
    cutsAmidFeeds += world.cutsAmidFeeds;
    replayed += world.replayed;
  }
  EXPECT_GT(cutsAmidPuts, 50);
  EXPECT_GT(cutsAmidFeeds, 20);
  EXPECT_GT(replayed, 1000u);
}

TEST(Seam, OneSeedIsOneTrace) {
  const auto traceOf = [](std::uint64_t seed) {
    World world(seed);
    cutAfter(world, 333);
    return world.trace;
  };
  EXPECT_EQ(traceOf(42), traceOf(42));
  EXPECT_NE(traceOf(42), traceOf(43));
}

}  // namespace
}  // namespace henge::sim

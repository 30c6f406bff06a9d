#include "tests/sim/seam_world.h"

namespace henge::sim {

namespace {

constexpr std::uint32_t nodeCount = 3;

std::shared_ptr<const Ring> threeNodes() {
  Cluster cluster;
  cluster.name = "seam";
  cluster.id = ClusterId{1};
  for (std::uint32_t n = 0; n < nodeCount; ++n) {
    const auto port = static_cast<std::uint16_t>(2 * n + 1);
    cluster.members.push_back({NodeId{n},
                               "",
                               {Bytes(1, static_cast<char>(0x55 * n))},
                               {"sim", port},
                               {"sim", static_cast<std::uint16_t>(port + 1)}});
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

}  // namespace

// One life of a node: from a start to a power cut. Its files and store outlive it.
class SimNode final : public ports::Peers,
                      public ports::Membership,
                      public ports::Fatal,
                      public ports::Events,
                      private storage::OpenSink,
                      private storage::ClockSink {
 public:
  SimNode(World& world, NodeId self, std::uint64_t life, kit::FakeFiles& files,
          storage::MemoryStore& store)
      : life(life),
        world_(world),
        self_(self),
        timers_(world.loop),
        commitDisk_(files, timers_, world.loop),
        sideDisk_(files, timers_, world.loop),
        stamps_(self.value + 1, {sideDisk_, world.loop, timers_, *this}),
        replica({self, {}, 1000}, world.ring, {world.loop, *this, stamps_, *this}),
        storage_(smallSegments(self), replica,
                 {commitDisk_, sideDisk_, store, world.loop, timers_, *this, *this}),
        route_(self, replica, *this, timers_),
        coordinator({self, {}, 1000}, world.ring,
                    {world.loop, timers_, route_, *this, stamps_, *this}) {
    for (std::uint32_t n = 0; n < nodeCount; ++n) up_.set(NodeId{n}, Liveness::up);
    replica.attach(storage_);
    stamps_.open(*this);
  }

  const std::uint64_t life;
  bool ready = false;

 private:
  void onClockOpened(Status status) override {
    world_.note(toString(self_) + (status.ok() ? " clock open" : " clock failed"));
    storage_.open(*this);
  }
  void onOpened(Status status, storage::OpenReport report) override {
    world_.note(toString(self_) + " replayed " + std::to_string(report.records) + " torn " +
                std::to_string(report.tornBytes) + " damage " +
                std::to_string(report.damage.size()));
    ready = status.ok() && report.damage.empty();
  }
  void apply(NodeId to, OpId op, ports::ReplicaSink& sink, ApplyRequest request) override {
    world_.call(life, to, op, sink, [&sink = world_, request](replica::Replica& r, OpId id) {
      r.apply(id, sink, request);
    });
  }
  void fetch(NodeId to, OpId op, ports::ReplicaSink& sink, FetchRequest request) override {
    world_.call(life, to, op, sink, [&sink = world_, request](replica::Replica& r, OpId id) {
      r.fetch(id, sink, request);
    });
  }
  const UpSet& upSet() const override { return up_; }
  void fatal(ports::ExitCode, const std::string& reason) override { note({}, "fatal " + reason); }
  void note(ports::Severity, const std::string& line) override {
    world_.note(toString(self_) + " " + line);
  }

  World& world_;
  NodeId self_;
  UpSet up_;
  kit::MortalTimers timers_;
  kit::FakeDisk commitDisk_;
  kit::FakeDisk sideDisk_;
  storage::DurableClock stamps_;

 public:
  replica::Replica replica;

 private:
  storage::ShardStorage storage_;
  coordinator::ReplicaRoute route_;

 public:
  coordinator::Coordinator coordinator;
};

World::World(std::uint64_t seed) : chance(seed), ring(threeNodes()) {
  for (std::uint32_t n = 0; n < nodeCount; ++n) {
    files_.push_back(std::make_unique<kit::FakeFiles>());
    stores_.push_back(std::make_unique<storage::MemoryStore>(loop, loop));
  }
  restart();
}

World::~World() { powerCut(); }

void World::restart() {
  for (std::uint32_t n = 0; n < nodeCount; ++n) {
    nodes_.push_back(std::make_unique<SimNode>(*this, NodeId{n}, ++next_, *files_[n], *stores_[n]));
  }
  const bool started = runUntil([this] {
    return std::all_of(nodes_.begin(), nodes_.end(), [](const auto& n) { return n->ready; });
  });
  note(started ? "all nodes ready" : "a node did not start");
}

void World::powerCut() {
  note("power cut");
  nodes_.clear();
  loop.forgetAll();
  calls_.clear();
  deliveries_.clear();
  asked_.clear();
  for (auto& files : files_) files->powerCut(chance);
  for (auto& store : stores_) store->crash(chance() % (store->unflushedBatches() + 1));
}

void World::put(std::uint32_t coordinator, const Bytes& key, const Bytes& value) {
  const OpId op{++next_};
  asked_[op] = {key, value};
  PutRequest request;
  request.context.deadline = loop.now() + 2_s;
  request.key = key;
  request.value = value;
  nodes_.at(coordinator)->coordinator.put(op, *this, std::move(request));
}

void World::get(std::uint32_t coordinator, const Bytes& key) {
  const OpId op{++next_};
  asked_[op] = {key, ""};
  GetRequest request;
  request.context.deadline = loop.now() + 2_s;
  request.key = key;
  nodes_.at(coordinator)->coordinator.get(op, *this, std::move(request));
}

void World::onPut(OpId op, PutAnswer answer) {
  const Asked asked = asked_.at(op);
  asked_.erase(op);
  note("put " + asked.key + " " + toString(answer.version) + " outcome " +
       std::to_string(static_cast<int>(answer.outcome)));
  if (answer.outcome != Outcome::applied) return;
  Acknowledged& newest = acknowledged[asked.key];
  if (answer.version > newest.version) newest = {answer.version, asked.value};
}

void World::onGot(OpId op, GetAnswer answer) {
  const Bytes key = asked_.at(op).key;
  asked_.erase(op);
  note("get " + key + " " + (answer.record ? toString(answer.record->version) : "absent"));
  read[key] = std::move(answer);
}

void World::call(std::uint64_t life, NodeId to, OpId op, ports::ReplicaSink& sink,
                 std::function<void(replica::Replica&, OpId)> ask) {
  const OpId id{++next_};
  calls_[id] = {life, op, &sink};
  later([this, to, id, ask = std::move(ask)] { ask(nodes_.at(to.value)->replica, id); });
}

void World::onApplied(OpId op, NodeId from, ApplyReply reply) {
  const Call call = calls_.at(op);
  calls_.erase(op);
  later([call, from, reply] { call.sink->onApplied(call.op, from, reply); });
}

void World::onFetched(OpId op, NodeId from, FetchReply reply) {
  const Call call = calls_.at(op);
  calls_.erase(op);
  later([call, from, reply] { call.sink->onFetched(call.op, from, reply); });
}

void World::later(std::function<void()> act) {
  deliveries_[++next_] = std::move(act);
  loop.wakeAt(loop.now() + Duration{static_cast<std::int64_t>(50 + chance() % 400)}, *this, next_);
}

void World::onTimer(std::uint64_t token) {
  const auto act = std::move(deliveries_.at(token));
  deliveries_.erase(token);
  act();
}

void World::note(const std::string& event) {
  traceHash_ =
      hash64(std::to_string(traceHash_) + " " + std::to_string(loop.now().micros) + " " + event);
}

}  // namespace henge::sim

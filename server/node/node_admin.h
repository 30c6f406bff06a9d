// What the node tells its operators.
#pragma once

#include <memory>
#include <string>

#include "core/ring.h"
#include "server/coordinator/coordinator.h"
#include "server/handoff/handoff.h"
#include "server/membership/detector.h"
#include "server/membership/peer_book.h"
#include "server/membership/slow_peers.h"
#include "server/node/key_census.h"
#include "server/node/own_identity.h"
#include "server/ports/admin_service.h"
#include "server/ports/clock.h"
#include "server/ports/events.h"
#include "server/ports/stamps.h"
#include "server/ports/storage.h"
#include "server/replica/replica.h"

namespace henge::node {

struct NodeAdminEnv {
  const ports::Clock& clock;
  const ports::Stamps& stamps;
  ports::Storage& storage;
  membership::PeerBook& peerBook;
  const membership::Detector& detector;
  const membership::SlowPeers& slowPeers;
  const coordinator::Coordinator& coordinator;
  handoff::Handoff& handoff;
  const replica::Replica& replica;
  const KeyCensus& census;
  ports::Events& events;
};

// Thread: the loop's. Its ports outlive it; dump sinks outlive their dumps.
class NodeAdmin final : public ports::AdminService,
                        private ports::ScanSink,
                        private handoff::HintSyncSink {
 public:
  static constexpr std::size_t dumpsMax = 64;  // in flight; more are refused: overloaded
  // With one record of the largest size behind it, a page still fits a frame.
  static constexpr std::size_t dumpBytesMax = 32 << 10;

  // What is shown of the process and its settings.
  struct Shown {
    OwnIdentity own;
    std::string logSync;
    std::int64_t pid = 0;
  };
  NodeAdmin(Shown shown, std::shared_ptr<const Ring> ring, NodeAdminEnv env);

  RingView ring() const override;
  NodeStatus status() const override;
  LogView log() const override;
  HintsView hints() const override { return env_.handoff.view(); }
  void syncHints(OpId op, ports::AdminSink& sink, MonoTime deadline) override;
  void dump(OpId op, ports::AdminSink& sink, ports::DumpRequest request) override;
  Result<std::string> accept(NodeId node, DirectoryId directory) override;

  void setDraining() { draining_ = true; }

 private:
  struct Asker {
    OpId op;
    ports::AdminSink* sink = nullptr;
  };
  void onScanned(OpId op, Result<std::vector<Record>> page, bool more) override;
  void onHintsSynced(OpId op, Result<HintSync> sync) override;
  std::map<std::string, std::int64_t> counters() const;

  Shown shown_;
  std::shared_ptr<const Ring> ring_;
  NodeAdminEnv env_;
  MonoTime startedAt_;
  bool draining_ = false;
  std::uint64_t lastScan_ = 0;
  std::map<OpId, Asker> dumps_;
  std::uint64_t lastSync_ = 0;
  std::map<OpId, Asker> syncs_;  // as many as handoff allows
};

}  // namespace henge::node

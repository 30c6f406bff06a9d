// A cluster of one, wired as a process wires it, on a disk, a store and a net that are not there.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/node/node.h"
#include "server/node/node_parts.h"
#include "server/storage/memory_store.h"
#include "tests/kit/failing_store.h"
#include "tests/kit/fake_disk.h"
#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"
#include "tests/sim/chance.h"
#include "tests/sim/net/sim_net.h"

namespace henge::node {

// Its disk and its store outlive each process. Times are virtual.
class LoneNode final : private NodeSink, private ports::Fatal {
 public:
  // `absent` other members are in the cluster file and nowhere else; all hold all keys.
  explicit LoneNode(std::uint32_t absent = 0);
  ~LoneNode();

  // A process on the directory as it is; boot() waits until it serves or has stopped.
  void begin();
  void boot();
  void drain() { node_->drain(); }
  // Until it has stopped; then the process is gone.
  void awaitEnd();
  // kill -9: what the store had not flushed is lost.
  void kill();

  NodeParts& parts() { return node_->parts(); }
  const Cluster& cluster() const { return cluster_; }
  // For whoever else lives on its host.
  std::unique_ptr<ports::Network> network() { return net_.networkFor(host_, loop); }

  NodeOptions options;
  kit::VirtualLoop loop;
  kit::FakeFiles files;
  kit::NotedEvents events;
  storage::MemoryStore inner;
  kit::FailingStore store{inner};
  bool serving = false;
  std::optional<ports::ExitCode> stopped;

 private:
  void onServing() override;
  void onStopped(ports::ExitCode code) override;
  void fatal(ports::ExitCode code, const std::string& reason) override;

  Cluster cluster_;
  sim::Chance chance_{7};
  sim::SimNet net_;
  sim::HostId host_;
  std::unique_ptr<ports::Network> network_;
  std::unique_ptr<kit::FakeDisk> commitDisk_;
  std::unique_ptr<kit::FakeDisk> sideDisk_;
  std::unique_ptr<Node> node_;
};

}  // namespace henge::node

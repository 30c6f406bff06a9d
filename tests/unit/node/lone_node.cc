#include "tests/unit/node/lone_node.h"

#include <gtest/gtest.h>

namespace henge::node {

namespace {

Cluster clusterOf(std::uint32_t absent) {
  Cluster cluster;
  cluster.name = "lone";
  cluster.id = ClusterId{0xaa};
  cluster.replication = 1 + static_cast<int>(absent);
  cluster.members = {{NodeId{0}, "", {Bytes("\0", 1)}, {"lone", 1}, {"lone", 2}}};
  for (std::uint32_t n = 1; n <= absent; ++n) {
    const Bytes token(1, static_cast<char>(n));
    const auto port = static_cast<std::uint16_t>(10 * n);
    cluster.members.push_back(
        {NodeId{n}, "", {token}, {"lone", port}, {"lone", static_cast<std::uint16_t>(port + 1)}});
  }
  return cluster;
}

}  // namespace

LoneNode::LoneNode(std::uint32_t absent)
    : inner(loop, loop),
      cluster_(clusterOf(absent)),
      net_(loop, loop, chance_.fork("net")),
      host_(net_.addHost("lone")) {
  options.storage.segmentBytes = 4096;
  options.limits.valueBytesMax = 1024;
}

LoneNode::~LoneNode() = default;

void LoneNode::begin() {
  FoundDirectory found{"data", files.contents(storage::identityPath), false};
  for (const std::string& path : files.paths()) {
    found.holdsData = found.holdsData || path.starts_with("log/");
  }
  Result<OwnIdentity> own = nextStart(found, cluster_, options.self, chance_);
  ASSERT_TRUE(own.ok()) << own.error().message;
  files.put(storage::identityPath, encode(own->identity));
  serving = false;
  stopped.reset();
  events.lines.clear();
  network_ = network();
  commitDisk_ = std::make_unique<kit::FakeDisk>(files, loop, loop);
  sideDisk_ = std::make_unique<kit::FakeDisk>(files, loop, loop);
  const Host host{loop,      loop,         chance_,
                  *network_, *commitDisk_, *sideDisk_,
                  store,     events,       static_cast<ports::Fatal&>(*this)};
  node_ = std::make_unique<Node>(options, cluster_, std::move(*own), host,
                                 static_cast<NodeSink&>(*this));
  node_->start();
}

void LoneNode::boot() {
  begin();
  EXPECT_FALSE(serving || stopped) << "told inside start()";
  EXPECT_TRUE(loop.runUntil([&] { return serving || stopped; }, 60_s));
}

void LoneNode::awaitEnd() {
  ASSERT_TRUE(loop.runUntil([&] { return stopped.has_value(); }, 60_s));
  kill();
}

void LoneNode::kill() {
  inner.crash(0);
  commitDisk_->kill();
  sideDisk_->kill();
  loop.forgetAll();
  node_.reset();
  network_.reset();
  commitDisk_.reset();
  sideDisk_.reset();
}

void LoneNode::onServing() {
  EXPECT_FALSE(serving || stopped);
  serving = true;
}

void LoneNode::onStopped(ports::ExitCode code) {
  EXPECT_FALSE(stopped) << "it is the last event";
  stopped = code;
}

void LoneNode::fatal(ports::ExitCode, const std::string& reason) { ADD_FAILURE() << reason; }

}  // namespace henge::node

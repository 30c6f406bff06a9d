// Nodes that hold what a test gives them and count what they are asked.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/ring.h"
#include "inspector/dump_source.h"

namespace henge::inspector::testing {

struct FakeNode {
  bool answers = true;
  std::string cause = "connection refused";
  std::map<Bytes, Record> held;  // by position in ring order
  std::size_t pageMax = 1000;    // records; a page may be shorter than was asked for
  int failAtPage = -1;           // of one connection: this page and later ones fail
  bool endless = false;          // "more" for ever, and never a record
  bool backwards = false;        // a page in wrong order
  std::optional<NodeId> claims;  // who it says it is, if not itself
  std::optional<ClusterId> cluster;
  bool ignoresPageSize = false;  // gives all it has in one page
  int pagesAsked = 0;
  std::size_t largestPageAsked = 0;
  int dials = 0;
};

class FakeNodes final : public SourceDialer {
 public:
  // Members n0 … with one token each, evenly spread; RF as told; client ports from 9000.
  FakeNodes(int count, int replication, Partitioner partitioner = Partitioner::bytes);

  Result<std::unique_ptr<DumpSource>> dial(const Address& address) override;

  FakeNode& at(std::uint32_t node) { return nodes_[node]; }
  std::vector<FakeNode>& all() { return nodes_; }
  const Cluster& cluster() const { return cluster_; }

  void hold(std::uint32_t node, Record record);
  std::vector<Address> addresses() const;

  static constexpr std::uint64_t writerBase = 0x9f3c0000;

 private:
  Cluster cluster_;
  std::vector<FakeNode> nodes_;
};

}  // namespace henge::inspector::testing

#include "tests/unit/inspector/fake_nodes.h"

#include <algorithm>

namespace henge::inspector::testing {

namespace {

class FakeSource final : public DumpSource {
 public:
  FakeSource(FakeNode& node, NodeId id, const Cluster& cluster)
      : node_(node), id_(id), cluster_(cluster) {}

  Result<RingView> ring() override {
    RingView view;
    view.cluster = cluster_;
    if (node_.cluster) view.cluster.id = *node_.cluster;
    if (node_.cluster) view.cluster.name = "other";
    view.ringHash = ringHash(cluster_);
    view.node = node_.claims.value_or(id_);
    for (const Member& member : cluster_.members) {
      MemberView seen;
      seen.member = member;
      seen.writer = FakeNodes::writerBase + member.id.value;
      view.members.push_back(seen);
    }
    return view;
  }

  Result<NodeStatus> status() override {
    NodeStatus status;
    status.node = id_;
    status.keys = static_cast<std::int64_t>(node_.held.size());
    status.logBytes = 4096;
    return status;
  }

  // The resume key is the position of the last record given.
  Result<DumpPage> dump(const KeyRange& range, const std::optional<Bytes>& resumeKey,
                        std::size_t recordsMax) override {
    ++node_.pagesAsked;
    node_.largestPageAsked = std::max(node_.largestPageAsked, recordsMax);
    const int page = pagesGiven_++;
    if (node_.failAtPage >= 0 && page >= node_.failAtPage) {
      return Error{ErrorKind::timeout, "connection lost"};
    }
    if (node_.endless) return DumpPage{{}, true, "again"};
    const auto placeOf = [this](const std::optional<Bytes>& key) {
      return node_.held.lower_bound(orderedKey(cluster_.partitioner, *key));
    };
    auto next = range.from ? placeOf(range.from) : node_.held.begin();
    if (resumeKey) next = node_.held.upper_bound(*resumeKey);
    const auto end = range.to ? placeOf(range.to) : node_.held.end();
    const std::size_t most =
        node_.ignoresPageSize ? 1'000'000 : std::min(recordsMax, node_.pageMax);
    DumpPage answer;
    while (next != end && answer.records.size() < most) {
      answer.resumeKey = next->first;
      answer.records.push_back(next->second);
      ++next;
    }
    answer.more = next != end;
    if (node_.backwards) std::reverse(answer.records.begin(), answer.records.end());
    return answer;
  }

 private:
  FakeNode& node_;
  const NodeId id_;
  const Cluster& cluster_;
  int pagesGiven_ = 0;
};

}  // namespace

FakeNodes::FakeNodes(int count, int replication, Partitioner partitioner)
    : nodes_(static_cast<std::size_t>(count)) {
  cluster_.name = "local";
  cluster_.id = {0x4e};
  cluster_.replication = replication;
  cluster_.partitioner = partitioner;
  for (int i = 0; i < count; ++i) {
    const auto offset = static_cast<std::uint16_t>(i);
    cluster_.members.push_back({{static_cast<std::uint32_t>(i)},
                                "",
                                {Bytes(1, static_cast<char>(i * 256 / count))},
                                {"127.0.0.1", static_cast<std::uint16_t>(9000 + offset)},
                                {"127.0.0.1", static_cast<std::uint16_t>(9100 + offset)}});
  }
}

Result<std::unique_ptr<DumpSource>> FakeNodes::dial(const Address& address) {
  for (const Member& member : cluster_.members) {
    if (member.client != address) continue;
    FakeNode& node = nodes_[member.id.value];
    ++node.dials;
    if (!node.answers) return Error{ErrorKind::unavailable, node.cause};
    return std::unique_ptr<DumpSource>(std::make_unique<FakeSource>(node, member.id, cluster_));
  }
  return Error{ErrorKind::unavailable, "connection refused"};
}

void FakeNodes::hold(std::uint32_t node, Record record) {
  Bytes position = orderedKey(cluster_.partitioner, record.key);
  nodes_[node].held[std::move(position)] = std::move(record);
}

std::vector<Address> FakeNodes::addresses() const {
  std::vector<Address> addresses;
  for (const Member& member : cluster_.members) addresses.push_back(member.client);
  return addresses;
}

}  // namespace henge::inspector::testing

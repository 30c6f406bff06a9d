// The newest of what replicas answered, and who must be brought up to it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/ids.h"
#include "core/record.h"

namespace henge {

// What one replica says it holds. Where the value was left out its digest stands for it.
struct HeldRecord {
  Record record;
  std::uint64_t digest = 0;  // digestOf() the record, value included
  bool hasValue = true;      // a tombstone always has all there is
};

// Newest by comparison (core/record.h), never by vote. Each node answers once; then it may be asked
// for the value that it left out.
class ReadMerge {
 public:
  void add(NodeId node, std::optional<HeldRecord> held);  // nullopt: the node holds nothing
  // What the node holds now, value included. Precondition: it has answered.
  void replace(NodeId node, HeldRecord held);
  // Its answer counts for nothing. Precondition: it has answered.
  void forget(NodeId node);

  int answers() const { return static_cast<int>(answers_.size()); }
  int versions() const;  // how many different ones they hold; nothing is none
  // Whose values must still be fetched: one holder of what is newest, or, where one version bears
  // several digests, one of each, since then the bytes decide. Empty: newest() is known.
  std::vector<NodeId> lacking() const;

  // Precondition of these three: lacking() is empty.
  // What the read answers: nullptr if no replica holds anything. Valid until the next change.
  const Record* newest() const;
  // Who answered with less than newest(), in the order they answered.
  std::vector<NodeId> stale() const;
  // All others. If no replica holds anything, everyone is current: nothing is what there is.
  std::vector<NodeId> current() const;

 private:
  struct Answer {
    NodeId node;
    std::optional<HeldRecord> held;
  };

  Answer& answerOf(NodeId node);
  std::vector<const Answer*> leaders() const;  // those newest by all but the value
  const Answer* best() const;
  std::vector<NodeId> nodesThat(bool areCurrent) const;

  std::vector<Answer> answers_;
};

}  // namespace henge

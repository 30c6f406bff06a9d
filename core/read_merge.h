// The newest of what replicas answered, and who must be brought up to it.
#pragma once

#include <optional>
#include <vector>

#include "core/ids.h"
#include "core/record.h"

namespace henge {

// Newest by comparison (core/record.h), never by vote. Each node answers once.
class ReadMerge {
 public:
  void add(NodeId node, std::optional<Record> held);  // nullopt: the node holds nothing

  int answers() const { return static_cast<int>(answers_.size()); }
  // What the read answers: nullptr if no replica holds anything. Valid until the next add().
  const Record* newest() const;
  // Who answered with less than newest(), in the order they answered.
  std::vector<NodeId> stale() const;
  // All others. If no replica holds anything, everyone is current: nothing is what there is.
  std::vector<NodeId> current() const;

 private:
  struct Answer {
    NodeId node;
    std::optional<Record> held;
  };
  std::vector<NodeId> nodesThat(bool areCurrent) const;

  std::vector<Answer> answers_;
  int newest_ = -1;
};

}  // namespace henge

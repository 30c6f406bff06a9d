// What the inspector needs of a node: an interface, so that merge and screens can be tested without
// one. The real one is inspector/wire_source.h.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "core/cluster.h"
#include "core/node_status.h"
#include "core/result.h"

namespace henge::inspector {

// Which part of what a node holds: `from` ≤ position < `to`, by the ring positions of these keys.
struct KeyRange {
  std::optional<Bytes> from;
  std::optional<Bytes> to;
};

// One open connection. Thread: one at a time. Error messages are the cause in a few words.
class DumpSource {
 public:
  virtual ~DumpSource() = default;
  virtual Result<RingView> ring() = 0;
  virtual Result<NodeStatus> status() = 0;
  // What the node holds of the range, tombstones too, in ring order; `resumeKey` is the last
  // page's. At most `recordsMax` records.
  virtual Result<DumpPage> dump(const KeyRange& range, const std::optional<Bytes>& resumeKey,
                                std::size_t recordsMax) = 0;
};

class SourceDialer {
 public:
  virtual ~SourceDialer() = default;
  virtual Result<std::unique_ptr<DumpSource>> dial(const Address& address) = 0;
};

}  // namespace henge::inspector

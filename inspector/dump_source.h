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

// One open connection. Thread: one at a time. Error messages are the cause in a few words.
class DumpSource {
 public:
  virtual ~DumpSource() = default;
  virtual Result<RingView> ring() = 0;
  virtual Result<NodeStatus> status() = 0;
  // What the node holds, tombstones too, in ring order; `resumeKey` is the last page's.
  virtual Result<DumpPage> dump(const std::optional<Bytes>& resumeKey, std::size_t recordsMax) = 0;
};

class SourceDialer {
 public:
  virtual ~SourceDialer() = default;
  virtual Result<std::unique_ptr<DumpSource>> dial(const Address& address) = 0;
};

}  // namespace henge::inspector

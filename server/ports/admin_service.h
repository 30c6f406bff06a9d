// What tools ask a node about itself.
#pragma once

#include <optional>
#include <string>

#include "core/hint_view.h"
#include "core/ids.h"
#include "core/log_view.h"
#include "core/node_status.h"
#include "core/result.h"

namespace henge::ports {

struct DumpRequest {
  std::optional<Bytes> resumeKey;
  std::optional<Bytes> fromKey;
  std::optional<Bytes> toKey;
  std::size_t recordsMax = 1000;
};

class AdminSink {
 public:
  virtual void onDumped(OpId op, Result<DumpPage> page) = 0;
  virtual void onHintsSynced(OpId op, Result<HintSync> sync) = 0;

 protected:
  ~AdminSink() = default;
};

// Thread: the loop's.
class AdminService {
 public:
  virtual ~AdminService() = default;
  virtual RingView ring() const = 0;
  virtual NodeStatus status() const = 0;
  virtual LogView log() const = 0;
  virtual HintsView hints() const = 0;
  // Answered once every hint that is kept now has ended, or at the deadline; perhaps inside.
  virtual void syncHints(OpId op, AdminSink& sink, MonoTime deadline) = 0;
  virtual void dump(OpId op, AdminSink& sink, DumpRequest request) = 0;  // may answer inside
  // Takes `node`'s directory as it is, with whatever it has lost. The answer is a sentence; of the
  // node itself it names the damage that was accepted.
  virtual Result<std::string> accept(NodeId node, DirectoryId directory) = 0;
};

}  // namespace henge::ports

#pragma once

#include "inspector/stopped_node.h"

namespace henge::inspector {

// Data directories on this machine. The store is opened when it is first asked, for reading only.
class DiskNodeOpener final : public NodeOpener {
 public:
  Result<std::unique_ptr<StoppedNode>> open(const std::string& directory) override;
};

}  // namespace henge::inspector

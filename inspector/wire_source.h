// Real nodes, over the wire.
#pragma once

#include "inspector/dump_source.h"

namespace henge::inspector {

class WireSourceDialer final : public SourceDialer {
 public:
  // How long to wait for a connection, and for each answer.
  explicit WireSourceDialer(Duration timeout) : timeout_(timeout) {}

  Result<std::unique_ptr<DumpSource>> dial(const Address& address) override;

 private:
  const Duration timeout_;
};

}  // namespace henge::inspector

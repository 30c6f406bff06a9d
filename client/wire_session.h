// Real nodes, over the wire.
#pragma once

#include "client/node_session.h"

namespace henge::client {

// Thread: any.
class WireDialer final : public Dialer {
 public:
  // interrupt: a descriptor that ends every waiting as soon as it is readable; -1: none.
  explicit WireDialer(int interrupt = -1) : interrupt_(interrupt) {}

  Result<std::unique_ptr<NodeSession>> dial(const Address& address, Duration timeout) override;

 private:
  const int interrupt_;
};

}  // namespace henge::client

// Real nodes, over the wire.
#pragma once

#include "client/node_session.h"

namespace henge::client {

// Thread: any.
class WireDialer final : public Dialer {
 public:
  Result<std::unique_ptr<NodeSession>> dial(const Address& address, Duration timeout) override;
};

}  // namespace henge::client

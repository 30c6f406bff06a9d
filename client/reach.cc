#include "client/reach.h"

#include <algorithm>
#include <utility>

namespace henge::client {

Reach::Reach(Dialer& dialer, std::vector<Address> addresses, Duration timeout)
    : dialer_(dialer), addresses_(std::move(addresses)), timeout_(std::min(timeout, dialMax)) {}

std::unique_ptr<NodeSession> Reach::next() {
  while (at_ < addresses_.size()) {
    Result<std::unique_ptr<NodeSession>> session = dialer_.dial(addresses_[at_++], timeout_);
    if (session) return std::move(*session);
    missed(session.error().message);
  }
  return nullptr;
}

void Reach::missed(std::string cause) { misses_.push_back({address(), std::move(cause), {}}); }

}  // namespace henge::client

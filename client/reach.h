// Gets to a node: the first of the given addresses that answers.
#pragma once

#include <memory>
#include <vector>

#include "client/node_session.h"
#include "client/report.h"

namespace henge::client {

// Each address is tried once. A request goes on to the next one only while surely nothing of it was
// sent, or if it changes nothing.
class Reach {
 public:
  // How long one address may take to connect and greet, unless the whole wait is shorter.
  static constexpr Duration dialMax{1'000'000};

  Reach(Dialer& dialer, std::vector<Address> addresses, Duration timeout);

  // The next one that connects; nullptr: none is left.
  std::unique_ptr<NodeSession> next();

  // Where the last session of next() leads.
  const Address& address() const { return addresses_[at_ - 1]; }

  // The last session of next() was of no use: `cause`, in a few words.
  void missed(std::string cause);

  const std::vector<Miss>& misses() const { return misses_; }

 private:
  Dialer& dialer_;
  const std::vector<Address> addresses_;
  const Duration timeout_;
  std::size_t at_ = 0;
  std::vector<Miss> misses_;
};

}  // namespace henge::client

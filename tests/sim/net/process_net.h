// The net as one life of a process has it.
#pragma once

#include "server/ports/network.h"
#include "tests/sim/net/transport.h"

namespace henge::sim {

// What it gave is destroyed before it, and that is how a process dies: its host's kernel closes all
// it had. Its timers outlive it, or have been told to forget.
class ProcessNet final : public ports::Network {
 public:
  ProcessNet(Transport& transport, HostId host, ports::Timers& timers)
      : transport_(transport), host_(host), timers_(timers) {}

  std::unique_ptr<ports::Dial> dial(const Address& address, ports::DialSink& sink) override;
  Result<std::unique_ptr<ports::ListeningPort>> listen(const Address& address,
                                                       ports::AcceptSink& sink) override;

 private:
  Transport& transport_;
  HostId host_;
  ports::Timers& timers_;
};

}  // namespace henge::sim

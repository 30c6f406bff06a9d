#include "server/runtime/asio_network.h"

#include "server/runtime/acceptor.h"
#include "server/runtime/dial.h"
#include "server/runtime/loop.h"

namespace henge::runtime {

AsioNetwork::AsioNetwork(Loop& loop) : io_(loop.context()) {}

std::unique_ptr<ports::Dial> AsioNetwork::dial(const Address& address, ports::DialSink& sink) {
  return std::make_unique<AsioDial>(io_, address, sink);
}

Result<std::unique_ptr<ports::ListeningPort>> AsioNetwork::listen(const Address& address,
                                                                  ports::AcceptSink& sink) {
  return Acceptor::listen(io_, address, sink);
}

}  // namespace henge::runtime

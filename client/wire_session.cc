#include "client/wire_session.h"

#include <utility>

#include "wire/store_client.h"

namespace henge::client {

namespace {

class WireSession final : public NodeSession {
 public:
  WireSession(wire::StoreClient client, Greeting greeting)
      : client_(std::move(client)), greeting_(std::move(greeting)) {}

  const Greeting& greeting() const override { return greeting_; }

  Result<PutAnswer> put(const PutRequest& request, Duration timeout) override {
    return client_.put(request, timeout);
  }
  Result<GetAnswer> get(const GetRequest& request, Duration timeout) override {
    return client_.get(request, timeout);
  }
  Result<RingView> ring(Duration timeout) override { return client_.ring(timeout); }
  Result<NodeStatus> status(Duration timeout) override { return client_.status(timeout); }
  Result<LogView> log(Duration timeout) override { return client_.log(timeout); }
  Result<HintsView> hints(Duration timeout) override { return client_.hints(timeout); }
  Result<HintSync> syncHints(Duration timeout) override { return client_.syncHints(timeout); }
  Result<std::string> accept(NodeId node, DirectoryId directory, Duration timeout) override {
    return client_.accept(node, directory, timeout);
  }

 private:
  wire::StoreClient client_;
  const Greeting greeting_;
};

}  // namespace

Result<std::unique_ptr<NodeSession>> WireDialer::dial(const Address& address, Duration timeout) {
  Result<wire::StoreClient> client = wire::StoreClient::connect(address, timeout, interrupt_);
  if (!client) return client.error();
  Result<wire::NodeGreeting> said = client->hello(timeout);
  if (!said) return said.error();
  Greeting greeting{said->node, said->clusterName, said->writer, said->limits};
  return std::unique_ptr<NodeSession>(
      std::make_unique<WireSession>(std::move(*client), std::move(greeting)));
}

}  // namespace henge::client

#include "inspector/wire_source.h"

#include <utility>

#include "wire/store_client.h"

namespace henge::inspector {

namespace {

class WireSource final : public DumpSource {
 public:
  WireSource(wire::StoreClient client, Duration timeout)
      : client_(std::move(client)), timeout_(timeout) {}

  Result<RingView> ring() override { return client_.ring(timeout_); }
  Result<NodeStatus> status() override { return client_.status(timeout_); }
  Result<DumpPage> dump(const KeyRange& range, const std::optional<Bytes>& resumeKey,
                        std::size_t recordsMax) override {
    return client_.dump({resumeKey, range.from, range.to, recordsMax}, timeout_);
  }

 private:
  wire::StoreClient client_;
  const Duration timeout_;
};

}  // namespace

Result<std::unique_ptr<DumpSource>> WireSourceDialer::dial(const Address& address) {
  Result<wire::StoreClient> client = wire::StoreClient::connect(address, timeout_);
  if (!client) return client.error();
  Result<wire::NodeGreeting> greeting = client->hello(timeout_);
  if (!greeting) return greeting.error();
  return std::unique_ptr<DumpSource>(std::make_unique<WireSource>(std::move(*client), timeout_));
}

}  // namespace henge::inspector

#include <nlohmann/json.hpp>

#include "server/app/cluster_file.h"
#include "tests/fuzz/fuzz_target.h"

using namespace henge;

namespace {

Bytes hexOf(std::uint64_t value) {
  Bytes bytes;
  appendBigEndian64(bytes, value);
  return toHex(bytes);
}

Bytes encode(const Cluster& cluster) {
  nlohmann::json members = nlohmann::json::array();
  for (const Member& member : cluster.members) {
    nlohmann::json tokens = nlohmann::json::array();
    for (const Bytes& token : member.tokens) tokens.push_back(toHex(token));
    members.push_back({{"node", member.id.value},
                       {"zone", member.zone},
                       {"tokens", tokens},
                       {"client", toString(member.client)},
                       {"peer", toString(member.peer)}});
  }
  return nlohmann::json{{"name", cluster.name},
                        {"cluster_id", hexOf(cluster.id.value)},
                        {"replication", cluster.replication},
                        {"partitioner", std::string(nameOf(cluster.partitioner))},
                        {"epoch", cluster.epoch},
                        {"members", members}}
      .dump();
}

Result<Cluster> decode(BytesView bytes) { return app::parseClusterFile(Bytes(bytes), "file"); }

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto same = [](const Cluster& a, const Cluster& b) {
    return a == b && ringHash(a) == ringHash(b) && validate(a).ok();
  };
  fuzz::roundTrip(fuzz::viewOf(data, size), decode, encode, same);
  return 0;
}

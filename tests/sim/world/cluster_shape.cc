// Who the nodes are and which keys there are, as the settings say.
#include "core/ring.h"
#include "tests/sim/world/world.h"

namespace henge::sim {

henge::Cluster clusterOf(const Settings& settings) {
  Chance chance = Chance(static_cast<std::uint64_t>(settings.seed)).fork("ring");
  henge::Cluster cluster;
  cluster.name = "sim";
  cluster.id = ClusterId{chance.next()};
  cluster.replication = static_cast<int>(settings.replication);
  cluster.partitioner = settings.hashed != 0 ? Partitioner::hash : Partitioner::bytes;
  std::uint64_t token = 0;
  const auto tokens = static_cast<std::uint64_t>(settings.nodes * settings.tokens);
  for (std::uint32_t n = 0; n < settings.nodes; ++n) {
    const std::string host = "n" + std::to_string(n);
    cluster.members.push_back({NodeId{n}, "", {}, {host, 9000}, {host, 9100}});
  }
  // Spread over the ring, dealt to the nodes in turn, none of them twice.
  for (std::uint64_t t = 0; t < tokens; ++t) {
    token = t * ((1ULL << 32) / tokens) + chance.below((1ULL << 32) / tokens);
    Bytes bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(token >> shift));
    cluster.members[t % cluster.members.size()].tokens.push_back(bytes);
  }
  return cluster;
}

KeyTable keysOf(const Settings& settings) {
  Chance chance = Chance(static_cast<std::uint64_t>(settings.seed)).fork("keys");
  KeyTable table;
  while (table.keys.size() < static_cast<std::size_t>(settings.keys)) {
    Bytes key;
    for (int i = 0; i < 3; ++i) key.push_back(static_cast<char>(chance.below(256)));
    if (chance.percent(static_cast<int>(settings.longKeyPercent))) {
      key += Bytes(static_cast<std::size_t>(chance.byMagnitude(16, 2048)), '\0') + "\xff";
    }
    if (!table.numbers.contains(key)) table.add(key);
  }
  return table;
}

}  // namespace henge::sim

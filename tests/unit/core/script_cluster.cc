#include "tests/unit/core/script_cluster.h"

#include <sstream>

namespace henge {

Member memberOf(std::uint32_t node, std::vector<Bytes> tokens, std::string zone) {
  Member member;
  member.id = {node};
  member.zone = std::move(zone);
  member.tokens = std::move(tokens);
  member.client = {"127.0.0.1", static_cast<std::uint16_t>(9000 + node)};
  member.peer = {"127.0.0.2", static_cast<std::uint16_t>(9000 + node)};
  return member;
}

Cluster clusterOf(const std::vector<std::string>& tokens, int replication) {
  Cluster cluster;
  cluster.name = "test";
  cluster.id = {0xaa};
  cluster.replication = replication;
  for (const std::string& token : tokens) {
    auto node = static_cast<std::uint32_t>(cluster.members.size());
    cluster.members.push_back(memberOf(node, {fromHex(token).value()}));
  }
  return cluster;
}

Cluster clusterOf(const golden::Command& command) {
  Cluster cluster = clusterOf(std::vector<std::string>{}, static_cast<int>(command.number("N", 3)));
  if (command.text("partitioner") == "hash") cluster.partitioner = Partitioner::hash;
  for (const std::string& line : command.lines) {
    golden::Command words(line);
    std::vector<Bytes> tokens;
    std::istringstream list(words.text("tokens"));
    for (std::string token; std::getline(list, token, ',');) {
      tokens.push_back(token == "-" ? Bytes() : fromHex(token).value());
    }
    auto node = static_cast<std::uint32_t>(std::stoul(words.name()));
    cluster.members.push_back(memberOf(node, tokens, words.text("zone")));
  }
  return cluster;
}

}  // namespace henge

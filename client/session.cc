#include "client/session.h"

#include <algorithm>
#include <fmt/format.h>

namespace henge::client {

void Session::answeredBy(NodeId node, const Address& address) {
  asked = node;
  std::vector<Address>& nodes = standing.options.nodes;
  const auto at = std::find(nodes.begin(), nodes.end(), address);
  if (at != nodes.end()) std::rotate(nodes.begin(), at, at + 1);
}

void Session::learn(const Cluster& cluster) {
  std::vector<Address>& nodes = standing.options.nodes;
  nodeNames.clear();
  for (const Member& member : cluster.members) {
    nodeNames.push_back(toString(member.id));
    const bool known = std::find(nodes.begin(), nodes.end(), member.client) != nodes.end();
    if (!known && nodes.size() < nodesMax) nodes.push_back(member.client);
  }
}

void Session::seeKey(const std::string& word) {
  std::erase(keysSeen, word);
  keysSeen.push_back(word);
  if (keysSeen.size() > keysSeenMax) keysSeen.pop_front();
}

std::string Session::prompt() const {
  const std::string who = asked ? toString(*asked) + " " : "";
  const KeyForm keys = standing.options.keys;
  const std::string form = keys == KeyForm::text ? "" : fmt::format(" {}", nameOf(keys));
  return fmt::format("{}{}{}> ", who, nameOf(standing.level), form);
}

}  // namespace henge::client

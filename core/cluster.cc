#include "core/cluster.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace henge {

namespace {

constexpr std::size_t hashPositionBytes = 8;

Error invalid(std::string message) { return {ErrorKind::invalidRequest, std::move(message)}; }

Status checkAddress(const Member& member, const Address& address, std::string_view which,
                    std::set<Address>& seen) {
  std::string what = std::string(which) + " address of " + toString(member.id);
  if (address.host.empty()) return invalid("the " + what + " has no host");
  if (address.port == 0) return invalid("the " + what + " has port 0; ports are 1 to 65535");
  if (!seen.insert(address).second) {
    return invalid("the " + what + ", " + toString(address) + ", is given twice");
  }
  return {};
}

Status checkTokens(const Cluster& cluster, const Member& member, std::set<BytesView>& seen) {
  if (member.tokens.empty()) return invalid(toString(member.id) + " has no token; each needs one");
  for (const Bytes& token : member.tokens) {
    if (cluster.partitioner == Partitioner::hash && token.size() > hashPositionBytes) {
      return invalid("token " + toHex(token) + " of " + toString(member.id) + " has " +
                     std::to_string(token.size()) + " bytes; hashed positions have 8");
    }
    if (!seen.insert(token).second) {
      return invalid("token \"" + toHex(token) + "\" of " + toString(member.id) +
                     " is given twice");
    }
  }
  return {};
}

Status checkIds(const Cluster& cluster) {
  for (std::size_t i = 1; i < cluster.members.size(); ++i) {
    NodeId before = cluster.members[i - 1].id;
    NodeId here = cluster.members[i].id;
    if (before == here) return invalid("node id " + toString(here) + " is given twice");
    if (before > here) {
      return invalid(toString(before) + " stands before " + toString(here) +
                     "; members must ascend by id");
    }
  }
  return {};
}

void appendString(Bytes& out, BytesView text) {
  appendBigEndian64(out, text.size());
  out.append(text);
}

void appendMember(Bytes& out, const Member& member) {
  appendBigEndian64(out, member.id.value);
  appendString(out, member.zone);
  std::vector<Bytes> tokens = member.tokens;
  std::sort(tokens.begin(), tokens.end());
  appendBigEndian64(out, tokens.size());
  for (const Bytes& token : tokens) appendString(out, token);
  appendString(out, member.peer.host);
  appendBigEndian64(out, member.peer.port);
}

}  // namespace

const Member* Cluster::find(NodeId node) const {
  auto place =
      std::lower_bound(members.begin(), members.end(), node,
                       [](const Member& member, NodeId wanted) { return member.id < wanted; });
  return place != members.end() && place->id == node ? &*place : nullptr;
}

Status validate(const Cluster& cluster) {
  if (cluster.name.empty()) return invalid("the cluster has no name");
  if (cluster.members.empty()) return invalid("the cluster has no members");
  auto count = static_cast<std::int64_t>(cluster.members.size());
  if (cluster.replication < 1 || cluster.replication > count) {
    return invalid("replication is " + std::to_string(cluster.replication) + "; with " +
                   std::to_string(count) + " members it must be 1 to " + std::to_string(count));
  }
  if (Status ids = checkIds(cluster); !ids) return ids;
  std::set<BytesView> tokens;
  std::set<Address> addresses;
  for (const Member& member : cluster.members) {
    if (Status s = checkTokens(cluster, member, tokens); !s) return s;
    if (Status s = checkAddress(member, member.client, "client", addresses); !s) return s;
    if (Status s = checkAddress(member, member.peer, "peer", addresses); !s) return s;
  }
  return {};
}

std::uint64_t ringHash(const Cluster& cluster) {
  Bytes all;
  appendBigEndian64(all, cluster.id.value);
  appendBigEndian64(all, static_cast<std::uint64_t>(cluster.replication));
  appendBigEndian64(all, static_cast<std::uint64_t>(cluster.partitioner));
  appendBigEndian64(all, cluster.epoch);
  appendBigEndian64(all, cluster.members.size());
  for (const Member& member : cluster.members) appendMember(all, member);
  return hash64(all);
}

std::string_view nameOf(Partitioner partitioner) {
  switch (partitioner) {
    case Partitioner::bytes:
      return "bytes";
    case Partitioner::hash:
      return "hash";
  }
  return "unknown";
}

std::string toString(const Address& address) {
  bool brackets = address.host.find(':') != std::string::npos;
  return (brackets ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

Result<Address> parseAddress(std::string_view text) {
  auto wrong = [&](std::string_view what) {
    return invalid("\"" + std::string(text) + "\" " + std::string(what) +
                   "; an address is host:port or [IPv6]:port");
  };
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong("has no port");
  std::string_view host = text.substr(0, colon);
  std::string_view digits = text.substr(colon + 1);
  bool hasBrackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (hasBrackets) host = host.substr(1, host.size() - 2);
  if (host.empty()) return wrong("has no host");
  if (host.find_first_of("[] \t") != std::string_view::npos) return wrong("has a bad host");
  if (hasBrackets != (host.find(':') != std::string_view::npos)) {
    return wrong(hasBrackets ? "has brackets around a name" : "has a colon in its host");
  }
  unsigned port = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  bool isNumber = error == std::errc{} && end == digits.data() + digits.size();
  if (!isNumber || port < 1 || port > 65535) return wrong("needs a port of 1 to 65535");
  return Address{std::string(host), static_cast<std::uint16_t>(port)};
}

}  // namespace henge

// Who belongs to the cluster, as every node's cluster file says it.
#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/ids.h"
#include "core/result.h"

namespace henge {

// Which function gives a key its place on the ring: its own bytes, or 8 bytes of hash64.
enum class Partitioner : std::uint8_t { bytes = 1, hash = 2 };

struct Address {
  std::string host;
  std::uint16_t port = 0;
  friend auto operator<=>(const Address&, const Address&) = default;
};

struct Member {
  NodeId id;
  std::string zone;           // empty: none named
  std::vector<Bytes> tokens;  // ≥ 1; a token is the first position of a range; may be empty bytes
  Address client;
  Address peer;
  friend bool operator==(const Member&, const Member&) = default;
};

struct Cluster {
  std::string name;
  ClusterId id;
  int replication = 3;  // N
  Partitioner partitioner = Partitioner::bytes;
  std::uint64_t epoch = 1;
  std::vector<Member> members;  // ascending by id
  friend bool operator==(const Cluster&, const Cluster&) = default;

  const Member* find(NodeId node) const;  // nullptr: not a member
};

// Refuses: no members, N < 1 or > members, ids or tokens or addresses given twice, members that do
// not ascend by id, a member without token, an unnamed cluster, an address without host or with
// port 0, and with the hashing partitioner a token of more than 8 bytes.
Status validate(const Cluster& cluster);

// One number over what all nodes must agree on – id, N, partitioner, epoch, members' ids, zones,
// tokens and peer addresses. Stands in `hello` and in the identity file.
//
// hash64 over, in this order: id, N, partitioner, epoch, number of members; per member, ascending
// by id: id, zone, number of tokens, the tokens in byte order, host and port of the peer address.
// Every number is 8 bytes, big end first; every string is its length (such a number) and its bytes.
std::uint64_t ringHash(const Cluster& cluster);

std::string_view nameOf(Partitioner partitioner);  // "bytes" "hash"
std::string toString(const Address& address);      // "127.0.0.1:9000", "[::1]:9000"
Result<Address> parseAddress(std::string_view text);

}  // namespace henge

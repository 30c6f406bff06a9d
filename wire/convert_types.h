// types.thrift ↔ core. Private to wire: generated headers are in it.
//
// An absent field means "unknown", never zero: what must be there is asked for by name. Unsigned
// numbers of 64 bits travel as two's complement.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <thrift_gen/types_types.h>
#include <vector>

#include "core/cluster.h"
#include "core/consistency.h"
#include "core/ids.h"
#include "core/record.h"
#include "core/request.h"

namespace henge::wire {

constexpr std::int64_t toSigned(std::uint64_t value) { return static_cast<std::int64_t>(value); }
constexpr std::uint64_t toUnsigned(std::int64_t value) { return static_cast<std::uint64_t>(value); }

// An enum of the wire may hold any number; reading it as an enum would be undefined.
template <typename Enum>
int rawNumber(const Enum& value) {
  static_assert(sizeof(Enum) == sizeof(int));
  int number = 0;
  std::memcpy(&number, &value, sizeof number);
  return number;
}

// Nodes' ids on the wire are i32. 0 and below are nobody's.
std::int32_t toThrift(NodeId node);
NodeId toNode(std::int32_t node);  // {0} if it is no id
std::vector<std::int32_t> toThrift(const std::vector<NodeId>& nodes);
std::vector<NodeId> toNodes(const std::vector<std::int32_t>& nodes);

thrift::Version toThrift(Version version);
Version toCore(const thrift::Version& version);  // absent parts are 0

thrift::LogPosition toThrift(LogPosition position);
LogPosition toCore(const thrift::LogPosition& position);

thrift::Address toThrift(const Address& address);
Address toCore(const thrift::Address& address);

thrift::RequestId toThrift(const RequestId& id);

thrift::Consistency::type toThrift(Consistency level);
std::optional<Consistency> toConsistency(int number);

thrift::Outcome::type toThrift(Outcome outcome);
Outcome toOutcome(int number);  // what is no outcome is unknown

thrift::Row toRow(Record record, bool withValue);

// The answer names what is missing or wrong; nullopt: `out` is filled. A row without a value is
// taken if `valueMayLack`.
std::optional<std::string> toRecord(thrift::Row& row, bool valueMayLack, Record& out);

}  // namespace henge::wire

// Requests of store.thrift ↔ core. Private to wire: generated headers are in it.
#pragma once

#include <optional>
#include <thrift_gen/store_types.h>

#include "core/limits.h"
#include "core/request.h"
#include "core/time.h"

namespace henge::wire {

// What a request is judged by where it comes in.
struct RequestRules {
  const Limits& limits;
  MonoTime firstByte;  // deadlines count from here
};

using Breach = std::optional<thrift::InvalidRequest>;  // the rule that is broken, and its limit

Breach breachOf(const std::string& what, const std::string& message, std::int64_t limit = 0);

// Each takes the bytes out of `in`. Refused: what is missing, too large, no number of its enum, or
// not supported yet.
Breach toCore(const RequestRules& rules, thrift::PutRequest& in, PutRequest& out);
Breach toCore(const RequestRules& rules, thrift::RemoveRequest& in, PutRequest& out);
Breach toCore(const RequestRules& rules, thrift::GetRequest& in, GetRequest& out);

// The client's side. Precondition of toRemove: the request is of a tombstone.
thrift::PutRequest toPut(const PutRequest& request, std::int64_t deadlineMs);
thrift::RemoveRequest toRemove(const PutRequest& request, std::int64_t deadlineMs);
thrift::GetRequest toGet(const GetRequest& request, std::int64_t deadlineMs);

}  // namespace henge::wire

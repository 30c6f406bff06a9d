// admin.thrift ↔ core. Private to wire: generated headers are in it.
#pragma once

#include <optional>
#include <thrift_gen/Admin.h>

#include "core/node_status.h"
#include "core/result.h"
#include "server/ports/admin_service.h"
#include "wire/convert_answer.h"

namespace henge::wire {

thrift::RingAnswer toThrift(const RingView& ring);
Result<RingView> toCore(const thrift::RingAnswer& answer);

thrift::StatusAnswer toThrift(const NodeStatus& status);
NodeStatus toCore(const thrift::StatusAnswer& answer);

thrift::DumpAnswer toThrift(DumpPage page, NodeId node);
Result<DumpPage> toCore(thrift::DumpAnswer& answer);

// False: no exception of dump's fits this error.
bool setDumpError(const Error& error, const AnswerStamp& stamp, thrift::Admin_dump_result& out);
// The exception in an answer; nullopt: there is none.
std::optional<Error> dumpErrorOf(const thrift::Admin_dump_result& result);

}  // namespace henge::wire

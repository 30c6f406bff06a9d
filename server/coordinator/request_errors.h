// Why a request is not answered at its level, in words and numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/limits.h"
#include "core/replica_message.h"
#include "core/replica_plan.h"
#include "core/request.h"

namespace henge::coordinator {

// A replica that was asked and did not do its part.
struct DropOut {
  NodeId node;
  Refusal refusal = Refusal::none;
  bool surelyNothing = false;  // it did nothing before it dropped out
  std::string why;
};

DropOut dropOutOf(NodeId node, const ApplyReply& reply);
DropOut dropOutOf(NodeId node, const FetchReply& reply);

// How soon a client that was told Overloaded may come back.
inline constexpr std::int64_t retryAfterMs = 100;

RequestError invalid(std::string message, std::int64_t limit = 0);
RequestError overloaded(std::string message);
RequestError expiredBefore(int needed);  // the deadline had passed before anything was done
RequestError unavailable(const WritePlan& plan);
RequestError unavailable(const ReadPlan& plan);
// Names who dropped out, and why.
RequestError timedOut(std::string_view what, int needed, int acknowledged,
                      std::vector<NodeId> missing, const std::vector<DropOut>& dropOuts);

// All replicas that were asked did surely nothing: the one reason they agree on, or unavailable
// with none alive.
RequestError refusedByAll(const std::vector<DropOut>& dropOuts, int needed,
                          std::vector<NodeId> missing);

// What every request is checked for before anyone is asked: its deadline, its key, its session.
std::optional<RequestError> checkCommon(const RequestContext& context, BytesView key,
                                        const Limits& limits, MonoTime now, int replicas);

}  // namespace henge::coordinator

// Hints as operators see them ↔ admin.thrift. Private to wire: generated headers are in it.
#pragma once

#include <thrift_gen/Admin.h>

#include "core/hint_view.h"

namespace henge::wire {

inline constexpr std::int64_t syncHintsMsDefault = 2000;
inline constexpr std::int64_t syncHintsMsMax = 600'000;

thrift::HintsAnswer toThrift(const HintsView& view);
HintsView toCore(const thrift::HintsAnswer& answer);

thrift::SyncHintsAnswer toThrift(const HintSync& sync, NodeId node);
HintSync toCore(const thrift::SyncHintsAnswer& answer);

}  // namespace henge::wire

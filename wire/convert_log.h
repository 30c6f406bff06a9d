// LogView ↔ admin.thrift. Private to wire: generated headers are in it.
#pragma once

#include <thrift_gen/Admin.h>

#include "core/log_view.h"

namespace henge::wire {

inline constexpr std::size_t logSegmentsMax = 1000;  // told; all are counted

thrift::LogAnswer toThrift(const LogView& log);
LogView toCore(const thrift::LogAnswer& answer);

}  // namespace henge::wire

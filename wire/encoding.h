// Which of Thrift's protocols a message is written in, and what else may knock at a port.
#pragma once

#include <cstdint>
#include <string>

#include "core/bytes.h"
#include "core/result.h"

namespace henge::wire {

enum class Encoding : std::uint8_t { binary, compact };

// By the first two bytes of a message: 80 01 is strict binary, 82 x1 is compact. The error says
// what it looks like instead.
Result<Encoding> encodingOf(BytesView message);

// Whether a message of either protocol, of whatever version, may begin with this byte.
bool beginsMessage(char first);

// Why a stream that begins with these bytes (at least 4, where a frame's length should be) is no
// sequence of frames within the limit.
Error badFrameLength(BytesView start, std::uint32_t frameBytesMax);

}  // namespace henge::wire

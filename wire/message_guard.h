// Looks a message over before Thrift does: Thrift 0.17 believes what lengths and counts promise.
#pragma once

#include <cstdint>

#include "core/bytes.h"
#include "core/result.h"
#include "wire/encoding.h"

namespace henge::wire {

struct GuardLimits {
  int depthMax = 32;                 // structs and containers within each other
  std::uint32_t elementsMax = 4096;  // of all containers of the message together
  std::uint32_t nameBytesMax = 128;  // of the method
};

// Of what clients and peers ask.
inline constexpr GuardLimits requestLimits{32, 4096, 128};

enum class MessageKind : std::uint8_t { call = 1, reply = 2, exception = 3, oneway = 4 };

struct MessageHead {
  Encoding encoding = Encoding::binary;
  MessageKind kind = MessageKind::call;
  BytesView name;  // into the message
  std::int32_t seqid = 0;
  BytesView body;  // the struct that follows, to the message's end
};

// Walks the whole message without reserving anything. What passes holds only lengths and counts
// that its own bytes bear out, stays within the limits, and ends where the message ends; so it can
// be given to Thrift, which will need memory in proportion to it.
Result<MessageHead> inspect(BytesView message, const GuardLimits& limits);

// corrupt: "a message that cannot be decoded: …".
Error corruptMessage(const char* what);

}  // namespace henge::wire

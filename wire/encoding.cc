#include "wire/encoding.h"

#include <algorithm>

namespace henge::wire {

namespace {

unsigned byteAt(BytesView bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
}

bool isStrictBinary(BytesView b) { return byteAt(b, 0) == 0x80 && byteAt(b, 1) == 0x01; }
bool isCompact(BytesView b) { return byteAt(b, 0) == 0x82 && (byteAt(b, 1) & 0x1f) == 0x01; }

// Non-strict binary without a frame begins with the length of the method's name, then the name:
// what a frame would be cut to.
bool isName(BytesView b) {
  return !b.empty() && std::ranges::all_of(b, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool isHttp(BytesView b) {
  for (const BytesView verb : {"GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PRI ", "CONN"}) {
    if (b.starts_with(verb)) return true;
  }
  return false;
}

Error invalid(std::string message) { return {ErrorKind::invalidRequest, std::move(message)}; }

}  // namespace

Result<Encoding> encodingOf(BytesView message) {
  if (message.size() < 2) return invalid("a message of one byte");
  if (isStrictBinary(message)) return Encoding::binary;
  if (isCompact(message)) return Encoding::compact;
  const std::string spoken = "; the binary (strict) and the compact protocol are spoken here";
  if (byteAt(message, 0) == 0x80) return invalid("binary protocol of another version" + spoken);
  if (byteAt(message, 0) == 0x82) return invalid("compact protocol of another version" + spoken);
  if (message[0] == '[' || message[0] == '{') return invalid("JSON" + spoken);
  if (byteAt(message, 0) == 0x0f && byteAt(message, 1) == 0xff) return invalid("THeader" + spoken);
  if (byteAt(message, 0) == 0) return invalid("non-strict binary protocol" + spoken);
  const std::string guess = isName(message) ? ", as unframed non-strict binary protocol does" : "";
  return invalid("a message that begins with " + toHex(message.substr(0, 4)) + guess + spoken);
}

bool beginsMessage(char first) { return first == '\x80' || first == '\x82'; }

Error badFrameLength(BytesView start, std::uint32_t frameBytesMax) {
  if (isStrictBinary(start) || isCompact(start)) {
    return invalid("an unframed Thrift message; the framed transport is needed here");
  }
  if (isHttp(start)) return invalid("HTTP; framed Thrift is spoken here");
  if (byteAt(start, 0) == 0x16 && byteAt(start, 1) == 0x03) {
    return invalid("TLS; plain framed Thrift is spoken here");
  }
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length = length << 8 | byteAt(start, i);
  if (length == 0) return invalid("a frame of 0 bytes");
  return invalid("a frame of " + std::to_string(length) + " bytes; frameBytesMax is " +
                 std::to_string(frameBytesMax));
}

}  // namespace henge::wire

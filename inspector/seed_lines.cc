#include "inspector/seed_lines.h"

#include <fmt/format.h>

#include "core/key_text.h"

namespace henge::inspector {

namespace {

// A control character of Latin-1 is two bytes, 0xc2 and its number.
bool isLatinControl(BytesView bytes, std::size_t at) {
  if (static_cast<unsigned char>(bytes[at]) != 0xc2 || at + 1 >= bytes.size()) return false;
  const auto next = static_cast<unsigned char>(bytes[at + 1]);
  return next <= 0xa0 || next == 0xad;
}

std::string escaped(unsigned char byte, char quote, bool text) {
  switch (byte) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\\':
      return "\\\\";
    default:
      break;
  }
  if (byte == static_cast<unsigned char>(quote)) return std::string("\\") + quote;
  const bool plain = byte >= 0x20 && byte != 0x7f && (text || byte < 0x7f);
  return plain ? std::string(1, static_cast<char>(byte)) : fmt::format("\\x{:02x}", byte);
}

std::string keyText(BytesView key) {
  return key.size() == 1 ? std::to_string(static_cast<unsigned char>(key[0])) : pythonText(key);
}

void writeNode(std::ostream& out, NodeStream& stream, std::optional<std::uint64_t> limit) {
  out << fmt::format("{{'serverID': {}, 'kvMem': {{", stream.node().value);
  std::uint64_t written = 0;
  while (const Record* record = stream.peek()) {
    if (limit && written == *limit) break;
    if (!record->isTombstone()) {
      const std::string key = keyText(record->key);
      out << (written == 0 ? "" : ", ")
          << fmt::format("{}: KV(key={}, value={}, time={})", key, key, pythonText(record->value),
                         record->version.timestamp);
      ++written;
    }
    stream.pop();
  }
  out << "}}\n";
}

}  // namespace

void writeSeedLines(std::ostream& out, Reading& reading, const KeyRange& range,
                    std::optional<std::uint64_t> limit) {
  for (ReadNode& node : reading.nodes) {
    if (node.source == nullptr) continue;
    NodeStream stream(node.member.id, *node.source, reading.cluster.partitioner, range);
    writeNode(out, stream, limit);
    node.cause = stream.failure();
  }
}

std::string pythonText(BytesView bytes) {
  const bool text = isUtf8(bytes);
  const bool both = bytes.find('\'') != bytes.npos && bytes.find('"') == bytes.npos;
  const char quote = both ? '"' : '\'';
  std::string out = text ? "" : "b";
  out += quote;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (text && isLatinControl(bytes, at)) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes[++at]));
      continue;
    }
    out += escaped(static_cast<unsigned char>(bytes[at]), quote, text);
  }
  return out + quote;
}

}  // namespace henge::inspector

#include "inspector/cell_text.h"

#include <algorithm>
#include <cctype>

#include "core/key_text.h"
#include "core/text_table.h"

namespace henge::inspector {

namespace {

// A letter of text takes at most 4 bytes, and one that was cut in two must not make it binary.
BytesView beginning(BytesView bytes, int width) {
  const auto most = static_cast<std::size_t>(width) * 4 + 4;
  if (bytes.size() <= most) return bytes;
  bytes = bytes.substr(0, most);
  for (int cut = 0; cut < 3 && !isUtf8(bytes); ++cut) bytes.remove_suffix(1);
  return bytes;
}

}  // namespace

std::string shortText(BytesView bytes, int width) {
  if (bytes.size() == 1) {
    const auto byte = static_cast<unsigned char>(bytes[0]);
    if (byte <= 0x20 || byte >= 0x7f) return "u8:" + std::to_string(byte);
  }
  const BytesView start = beginning(bytes, width);
  const std::string text = toKeyText(start);
  // Marks that the text goes on although what was looked at is as wide as the column.
  return shortened(start.size() < bytes.size() ? text + "…" : text, width);
}

std::string shellWord(BytesView key) {
  const std::string text = shortText(key, static_cast<int>(key.size()) + keyWidthMax);
  constexpr std::string_view plain = "-_.,:/@%+=";
  const bool safe = std::all_of(text.begin(), text.end(), [plain](unsigned char c) {
    return std::isalnum(c) != 0 || plain.find(static_cast<char>(c)) != plain.npos;
  });
  return safe ? text : "\"x'" + toHex(key) + "'\"";
}

}  // namespace henge::inspector

#include "server/storage/damage_note.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace henge::storage {

namespace {

constexpr std::string_view title = "henge damage note 1";
constexpr std::size_t reasonBytesMax = 512;

using Fields = std::map<std::string, std::string, std::less<>>;

// Word, blank, the rest of the line.
Fields fieldsOf(BytesView bytes) {
  Fields fields;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const BytesView line = bytes.substr(0, end);
    const std::size_t blank = line.find(' ');
    if (blank != BytesView::npos) fields.emplace(line.substr(0, blank), line.substr(blank + 1));
    bytes.remove_prefix(end == BytesView::npos ? bytes.size() : end + 1);
  }
  return fields;
}

std::optional<std::uint64_t> numberOf(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  if (found == fields.end()) return std::nullopt;
  const std::string& text = found->second;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Bytes> hexOf(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  if (found == fields.end()) return std::nullopt;
  return fromHex(found->second);
}

LogDamage unreadable(BytesView bytes, const std::string& file) {
  LogDamage damage;
  damage.file = file;
  damage.reason = Bytes(bytes.substr(0, std::min(bytes.find('\n'), reasonBytesMax)));
  if (damage.reason.empty()) damage.reason = "its note cannot be read";
  return damage;
}

}  // namespace

Bytes encodeDamageNote(const LogDamage& damage) {
  Bytes out(title);
  out += "\nfile " + damage.file + "\noffset " + std::to_string(damage.offset) + "\n";
  if (damage.recordsMax) out += "records " + std::to_string(*damage.recordsMax) + "\n";
  if (damage.keys) {
    out += "least " + toHex(damage.keys->least) + "\n";
    out += "greatest " + toHex(damage.keys->greatest) + "\n";
  }
  out += "reason " + damage.reason + "\n";
  return out += "end " + toString(damage) + "\n";
}

LogDamage decodeDamageNote(BytesView bytes, const std::string& file) {
  if (!bytes.starts_with(title)) return unreadable(bytes, file);
  const Fields fields = fieldsOf(bytes.substr(title.size()));
  const auto offset = numberOf(fields, "offset");
  if (!offset || !fields.contains("file") || !fields.contains("reason") || !fields.contains("end"))
    return unreadable("its note cannot be read", file);
  LogDamage damage{fields.at("file"), *offset, fields.at("reason"), {}, {}};
  damage.recordsMax = numberOf(fields, "records");
  const auto least = hexOf(fields, "least");
  const auto greatest = hexOf(fields, "greatest");
  if (least && greatest) damage.keys = KeyBounds{*least, *greatest};
  if (toString(damage) != fields.at("end")) return unreadable("its note is damaged", file);
  return damage;
}

}  // namespace henge::storage

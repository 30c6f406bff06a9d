#include "core/key_text.h"

#include <algorithm>
#include <charconv>

namespace henge {

namespace {

constexpr std::string_view knownEscapes = "known are \\n \\t \\\" \\\\ \\xHH";

Error wrong(std::string message) { return {ErrorKind::invalidRequest, std::move(message)}; }

std::string column(std::size_t index) { return "column " + std::to_string(index + 1); }

Error notClosed(std::size_t opened) {
  return wrong("the quote opened at " + column(opened) + " is not closed");
}

// ---- "…"

// One escape whose backslash stands at `at`; moves `at` behind it.
Result<char> parseEscape(std::string_view text, std::size_t& at) {
  std::size_t backslash = at;
  if (backslash + 1 >= text.size()) return notClosed(0);
  char letter = text[backslash + 1];
  at += 2;
  switch (letter) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '"':
      return '"';
    case '\\':
      return '\\';
    case 'x':
      break;
    default:
      return wrong("the escape at " + column(backslash) +
                   " is unknown: " + std::string(knownEscapes));
  }
  auto byte = at + 2 <= text.size() ? fromHex(text.substr(at, 2)) : std::nullopt;
  if (!byte) return wrong("the escape at " + column(backslash) + " needs two hex digits: \\xHH");
  at += 2;
  return byte->front();
}

Result<Bytes> parseQuoted(std::string_view text) {
  Bytes out;
  std::size_t at = 1;
  while (at < text.size() && text[at] != '"') {
    if (text[at] != '\\') {
      out.push_back(text[at++]);
      continue;
    }
    auto escaped = parseEscape(text, at);
    if (!escaped) return escaped.error();
    out.push_back(*escaped);
  }
  if (at >= text.size()) return notClosed(0);
  if (at + 1 < text.size()) return wrong("text follows the closing quote at " + column(at + 1));
  return out;
}

// ---- x'…' and u8:N

Result<Bytes> parseHex(std::string_view text) {
  std::size_t close = text.find('\'', 2);
  if (close == std::string_view::npos) return notClosed(1);
  if (close + 1 < text.size())
    return wrong("text follows the closing quote at " + column(close + 1));
  std::string_view digits = text.substr(2, close - 2);
  std::size_t bad = digits.find_first_not_of("0123456789abcdefABCDEF");
  if (bad != std::string_view::npos) return wrong("no hex digit at " + column(bad + 2));
  auto bytes = fromHex(digits);
  if (!bytes) {
    return wrong("an odd number of hex digits, " + std::to_string(digits.size()) +
                 ", from column 3: a byte is two");
  }
  return *bytes;
}

Result<Bytes> parseOneByte(std::string_view text) {
  std::string_view digits = text.substr(3);
  unsigned number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  bool isNumber = error == std::errc{} && end == digits.data() + digits.size();
  if (!isNumber || number > 255) return wrong("u8: needs a number of 0 to 255 at column 4");
  return Bytes(1, static_cast<char>(number));
}

// ---- UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF)

struct CodePoint {
  std::uint32_t value;
  std::size_t bytes;  // 0: not UTF-8
};

CodePoint codePointAt(BytesView bytes, std::size_t at) {
  auto lead = static_cast<unsigned char>(bytes[at]);
  if (lead < 0x80) return {lead, 1};
  std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc0 || lead > 0xf7 || at + length > bytes.size()) return {0, 0};
  std::uint32_t value = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    auto next = static_cast<unsigned char>(bytes[at + i]);
    if ((next & 0xc0) != 0x80) return {0, 0};
    value = value << 6 | (next & 0x3fU);
  }
  constexpr std::uint32_t leastOf[] = {0, 0, 0x80, 0x800, 0x10000};
  bool isSurrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < leastOf[length] || value > 0x10ffff || isSurrogate) return {0, 0};
  return {value, length};
}

// Characters that a terminal does not show, or that change how it shows others: controls, special
// blanks, marks of direction, the byte order mark.
bool isHidden(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0xad || (c >= 0x2000 && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f) || c == 0x3000 ||
         c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || c >= 0xe0000;
}

// ---- the shortest form

enum class Form { bare, quoted, hex };

Form formOf(BytesView bytes) {
  Form form = bytes.empty() || bytes.starts_with("u8:") ? Form::quoted : Form::bare;
  for (std::size_t at = 0; at < bytes.size();) {
    CodePoint c = codePointAt(bytes, at);
    bool isBlank = c.value == ' ' || c.value == '\n' || c.value == '\t';
    if (c.bytes == 0 || (isHidden(c.value) && !isBlank)) return Form::hex;
    if (isBlank || c.value == '"' || c.value == '\'') form = Form::quoted;
    at += c.bytes;
  }
  return form;
}

std::string quoted(BytesView bytes) {
  std::string out = "\"";
  for (char c : bytes) {
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        out.push_back(c);
    }
  }
  return out + "\"";
}

}  // namespace

Result<Bytes> parseKeyText(std::string_view text) {
  if (text.starts_with('"')) return parseQuoted(text);
  if (text.starts_with("x'")) return parseHex(text);
  if (text.starts_with("u8:")) return parseOneByte(text);
  return Bytes(text);
}

std::string toKeyText(BytesView bytes) {
  switch (formOf(bytes)) {
    case Form::bare:
      return std::string(bytes);
    case Form::quoted:
      return quoted(bytes);
    case Form::hex:
      break;
  }
  return "x'" + toHex(bytes) + "'";
}

bool isUtf8(BytesView bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    CodePoint c = codePointAt(bytes, at);
    if (c.bytes == 0) return false;
    at += c.bytes;
  }
  return true;
}

}  // namespace henge

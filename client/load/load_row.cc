#include "client/load/load_row.h"

#include <fmt/format.h>

namespace henge::client {

namespace {

Error wrong(std::string message) { return {ErrorKind::invalidRequest, std::move(message)}; }

// The escape whose backslash stands at `at`; moves `at` behind it.
Result<char> readEscape(std::string_view text, std::size_t& at) {
  const std::size_t backslash = at;
  const char letter = backslash + 1 < text.size() ? text[backslash + 1] : '\0';
  at += 2;
  switch (letter) {
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case '\\':
      return '\\';
    case 'x':
      if (const auto byte = at + 2 <= text.size() ? fromHex(text.substr(at, 2)) : std::nullopt) {
        at += 2;
        return byte->front();
      }
      return wrong("\\x needs two hex digits");
    default:
      return wrong(fmt::format("the backslash at byte {} begins none of \\t \\n \\r \\\\ \\xHH",
                               backslash + 1));
  }
}

Result<Bytes> unescaped(std::string_view text) {
  Bytes bytes;
  bytes.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      bytes.push_back(text[at++]);
      continue;
    }
    Result<char> byte = readEscape(text, at);
    if (!byte) return byte.error();
    bytes.push_back(*byte);
  }
  return bytes;
}

}  // namespace

Result<LoadRow> parseLoadRow(std::string_view line) {
  const std::size_t tab = line.find('\t');
  if (tab == line.npos) return wrong("there is no tab between key and value");
  if (tab == 0) return wrong("the key is empty");
  if (line.find('\t', tab + 1) != line.npos) {
    return wrong("there are two tabs; one within a value is written \\t");
  }
  Result<Bytes> key = unescaped(line.substr(0, tab));
  if (!key) return wrong("the key: " + key.error().message);
  Result<Bytes> value = unescaped(line.substr(tab + 1));
  if (!value) return wrong("the value: " + value.error().message);
  return LoadRow{std::move(*key), std::move(*value)};
}

}  // namespace henge::client

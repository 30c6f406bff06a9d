#include "core/text_table.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <iterator>
#include <utility>

namespace henge {

namespace {

struct Span {
  std::uint32_t first;
  std::uint32_t last;
};

// The blocks of Unicode that matter on a terminal (UAX #11, general category M), not every letter.
constexpr Span kWide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
                          {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},
                          {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
                          {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
                          {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
constexpr Span kZero[] = {{0x0300, 0x036f}, {0x0591, 0x05bd}, {0x064b, 0x065f},
                          {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f},
                          {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};

bool within(const Span* begin, const Span* end, std::uint32_t point) {
  return std::any_of(begin, end, [point](Span s) { return s.first <= point && point <= s.last; });
}

struct Letter {
  std::size_t bytes;
  std::uint32_t point;
  bool valid;
};

std::size_t lengthOf(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

// The first letter of a text that is not empty; a byte that begins none counts as one letter.
Letter firstLetter(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lengthOf(lead);
  if (length == 0 || length > text.size()) return {1, lead, false};
  if (length == 1) return {1, lead, true};
  std::uint32_t point = lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return {1, lead, false};
    point = (point << 6) | (next & 0x3fu);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (overlong || surrogate || point > 0x10ffff) return {1, lead, false};
  return {length, point, true};
}

int widthOf(const Letter& letter) {
  if (!letter.valid) return 1;
  if (within(std::begin(kZero), std::end(kZero), letter.point)) return 0;
  return within(std::begin(kWide), std::end(kWide), letter.point) ? 2 : 1;
}

std::string_view escapeOf(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::good:
      return "\x1b[32m";
    case Tone::warning:
      return "\x1b[33m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::dim:
      return "\x1b[2m";
  }
  return "";
}

}  // namespace

int displayWidth(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Letter letter = firstLetter(text);
    width += widthOf(letter);
    text.remove_prefix(letter.bytes);
  }
  return width;
}

std::string shortened(std::string_view text, int width) {
  assert(width >= 1);
  if (displayWidth(text) <= width) return std::string(text);
  std::string kept;
  int left = width - 1;  // one column for the ellipsis
  while (!text.empty()) {
    const Letter letter = firstLetter(text);
    left -= widthOf(letter);
    if (left < 0) break;
    kept += text.substr(0, letter.bytes);
    text.remove_prefix(letter.bytes);
  }
  return kept + "…";
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Letter letter = firstLetter(text);
    const bool control = letter.point < 0x20 || (letter.point >= 0x7f && letter.point < 0xa0);
    out += letter.valid && !control ? text.substr(0, letter.bytes) : std::string_view("?");
    text.remove_prefix(letter.bytes);
  }
  return out;
}

std::string painted(std::string_view text, Tone tone, bool colour) {
  if (!colour || tone == Tone::plain) return std::string(text);
  std::string out(escapeOf(tone));
  out += text;
  return out += "\x1b[0m";
}

bool coloursWanted(bool outputIsTerminal, std::string_view term, std::string_view noColor) {
  return outputIsTerminal && term != "dumb" && noColor.empty();
}

TextTable::TextTable(std::vector<Column> columns)
    : columns_(std::move(columns)), widths_(columns_.size(), 0) {}

void TextTable::add(std::vector<Cell> row) {
  assert(row.size() <= columns_.size());
  rows_.push_back(std::move(row));
}

std::string TextTable::take(bool colour) {
  measure();
  std::string out;
  if (!titled_) {
    std::vector<Cell> titles;
    for (const Column& column : columns_) titles.push_back({column.title, Tone::plain});
    out += line(titles, colour);
    titled_ = true;
  }
  for (const std::vector<Cell>& row : rows_) out += line(row, colour);
  rows_.clear();
  return out;
}

void TextTable::measure() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths_[i] = std::max(widths_[i], displayWidth(columns_[i].title));
    for (const std::vector<Cell>& row : rows_) {
      if (i < row.size()) widths_[i] = std::max(widths_[i], displayWidth(row[i].text));
    }
  }
}

std::string TextTable::line(const std::vector<Cell>& row, bool colour) const {
  std::string out;
  std::size_t pending = 0;  // blanks owed, written only when text follows
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto blanks = static_cast<std::size_t>(widths_[i] - displayWidth(row[i].text));
    const bool right = columns_[i].align == Align::right;
    if (right) pending += blanks;
    if (!row[i].text.empty()) {
      out.append(pending, ' ');
      pending = 0;
      out += painted(row[i].text, row[i].tone, colour);
    }
    pending += (right ? 0 : blanks) + 2;
  }
  return out += "\n";
}

}  // namespace henge

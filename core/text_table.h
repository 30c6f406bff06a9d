// Text for people's screens: columns that line up whatever script the words are in, colours that
// only repeat what the words say. Pure: whether colours are wanted is an argument.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace henge {

enum class Tone { plain, good, warning, bad, dim };

// Columns a terminal gives to UTF-8 text: 2 for East Asian wide characters and emoji, 0 for
// combining marks, 1 for everything else and for each byte that is no UTF-8.
int displayWidth(std::string_view text);

// At most `width` columns (at least 1); what was cut is shown as one "…".
std::string shortened(std::string_view text, int width);

// Control characters and bytes that are no UTF-8 become "?", so that a remote sentence cannot move
// the cursor.
std::string printable(std::string_view text);

std::string painted(std::string_view text, Tone tone, bool colour);

// The rule of NO_COLOR (no-color.org): any non-empty value switches colours off.
bool coloursWanted(bool outputIsTerminal, std::string_view term, std::string_view noColor);

enum class Align { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
};

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
};

// Rows are rendered in blocks: widths only grow from block to block, so that a long table can be
// printed while it is read without keeping it.
class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns);

  // Missing cells are empty. Precondition: not more cells than columns.
  void add(std::vector<Cell> row);

  std::size_t rows() const { return rows_.size(); }  // since the last take()

  // The rows added since the last call, each ended by a newline; the titles come with the first
  // block. No blanks at the ends of lines.
  std::string take(bool colour);

 private:
  void measure();
  std::string line(const std::vector<Cell>& row, bool colour) const;

  std::vector<Column> columns_;
  std::vector<int> widths_;
  std::vector<std::vector<Cell>> rows_;
  bool titled_ = false;
};

}  // namespace henge

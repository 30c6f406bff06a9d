#include "tests/tidy/scan.h"

#include <algorithm>
#include <cctype>
#include <regex>

namespace henge::tidy {

namespace {

bool isWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool isBlank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// Walks a text once and says of every character what it belongs to.
class Lexer {
 public:
  enum class Part : char { code, comment, literal, directive };

  explicit Lexer(std::string_view text) : text_(text), parts_(text.size(), Part::code) {
    while (at_ < text_.size()) step();
  }
  const std::vector<Part>& parts() const { return parts_; }

 private:
  bool sees(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void take(std::size_t count, Part part) {
    for (; count > 0 && at_ < text_.size(); --count) parts_[at_++] = part;
  }
  void takeUntil(std::size_t end, Part part) { take(std::min(end, text_.size()) - at_, part); }

  void step() {
    if (sees("//")) return takeUntil(text_.find('\n', at_), Part::comment);
    if (sees("/*")) {
      const auto end = text_.find("*/", at_ + 2);
      return takeUntil(end == std::string_view::npos ? end : end + 2, Part::comment);
    }
    if (sees("R\"") && (at_ == 0 || !isWord(text_[at_ - 1]))) return rawString();
    if (sees("\"")) return quoted('"');
    // 1'000 is a number, not the start of a character.
    if (sees("'") && !(at_ > 0 && isWord(text_[at_ - 1]))) return quoted('\'');
    if (sees("#") && firstOfLine()) return directive();
    ++at_;
  }

  bool firstOfLine() const {
    for (std::size_t back = at_; back > 0 && text_[back - 1] != '\n'; --back) {
      if (!isBlank(text_[back - 1])) return false;
    }
    return true;
  }

  void quoted(char end) {
    take(1, Part::literal);
    while (at_ < text_.size() && text_[at_] != end && text_[at_] != '\n') {
      take(text_[at_] == '\\' ? 2 : 1, Part::literal);
    }
    take(1, Part::literal);
  }

  void rawString() {
    const auto open = text_.find('(', at_);
    if (open == std::string_view::npos) return take(2, Part::literal);
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    const auto end = text_.find(close, open);
    takeUntil(end == std::string_view::npos ? end : end + close.size(), Part::literal);
  }

  void directive() {
    while (at_ < text_.size() && text_[at_] != '\n') {
      if (sees("//")) return;
      take(sees("\\\n") ? 2 : 1, Part::directive);
    }
  }

  std::string_view text_;
  std::vector<Part> parts_;
  std::size_t at_ = 0;
};

}  // namespace

std::string codeOnly(std::string_view text) {
  const Lexer lexer(text);
  std::string code(text);
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (lexer.parts()[i] != Lexer::Part::code && code[i] != '\n') code[i] = ' ';
  }
  return code;
}

std::vector<CommentLine> commentLines(std::string_view text) {
  const Lexer lexer(text);
  std::vector<CommentLine> found;
  int line = 1;
  std::string words;
  const auto keep = [&] {
    const auto first = words.find_first_not_of("/*! \t");
    if (first != std::string::npos) found.push_back({line, words.substr(first)});
    words.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      keep();
      ++line;
    } else if (lexer.parts()[i] == Lexer::Part::comment) {
      words += text[i];
    }
  }
  keep();
  return found;
}

bool looksLikeCode(std::string_view comment) {
  const std::string text(comment.substr(0, comment.find_last_not_of(" \t\r") + 1));
  static const std::regex statement(
      R"(^(\}|\{|\}.*;|\}?\s*else.*\{|#include\s.*|return\b[^ ]* ?[\w:.()>-]*;)"
      R"(|(if|for|while|switch)\s*\(.*\)\s*(\{|.*;))$)");
  static const std::regex call(
      R"(^[\w:.<>*&\[\]-]+(\s+[\w:.<>*&-]+)?\s*(\(.*\)|=[^=].*|[+|-]=.*);$)");
  return std::regex_match(text, statement) || std::regex_match(text, call);
}

std::vector<std::string> unorderedNames(std::string_view code) {
  std::vector<std::string> names;
  const std::string text(code);
  static const std::regex start(R"(\bunordered_(map|set|multimap|multiset)\s*<)");
  for (std::sregex_iterator hit(text.begin(), text.end(), start), end; hit != end; ++hit) {
    auto at = static_cast<std::size_t>(hit->position() + hit->length());
    for (int depth = 1; at < text.size() && depth > 0; ++at) {
      depth += text[at] == '<' ? 1 : text[at] == '>' ? -1 : 0;
    }
    while (at < text.size() && (isBlank(text[at]) || text[at] == '&')) ++at;
    std::string name;
    while (at < text.size() && isWord(text[at])) name += text[at++];
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

std::vector<int> linesThatIterate(std::string_view code, const std::vector<std::string>& names) {
  std::vector<int> found;
  int number = 0;
  for (const std::string& line : linesOf(code)) {
    ++number;
    for (const std::string& name : names) {
      const std::regex loop("\\bfor\\s*\\(.*:\\s*(this->)?" + name + "\\s*\\)|\\b" + name +
                            "\\s*(\\.|->)\\s*c?begin\\s*\\(");
      if (std::regex_search(line, loop)) found.push_back(number);
    }
  }
  return found;
}

std::vector<Include> includesOf(std::string_view text) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> found;
  int number = 0;
  for (const std::string& line : linesOf(text)) {
    ++number;
    std::smatch match;
    if (std::regex_search(line, match, pattern)) {
      found.push_back({number, match[2].str(), match[1].str() == "\""});
    }
  }
  return found;
}

std::vector<std::string> linesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

int columnsOf(std::string_view line) {
  return static_cast<int>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace henge::tidy

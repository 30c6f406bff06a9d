// Finding functions by their braces. What opens a brace is decided by the words before it.
#include <algorithm>
#include <cctype>
#include <regex>

#include "tests/tidy/scan.h"

namespace henge::tidy {

namespace {

class FunctionFinder {
 public:
  explicit FunctionFinder(std::string_view code) : code_(code) {}

  std::vector<FunctionSpan> run() {
    for (at_ = 0; at_ < code_.size(); ++at_) step(code_[at_]);
    return std::move(found_);
  }

 private:
  // Outside of functions there are only scopes, heads of declarations, and initialisers.
  void step(char c) {
    if (c == '\n') ++line_;
    if (c == '(') ++parens_;
    if (c == ')') --parens_;
    if (parens_ > 0 && c != '{') return grow(c);
    switch (c) {
      case '{':
        return open();
      case '}':  // the end of a scope
      case ';':
        return forget();
      case ':':
        return colon();
      default:
        return grow(c);
    }
  }

  void grow(char c) {
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (head_.empty() && blank) return;
    if (head_.empty()) headLine_ = line_;
    head_ += blank ? ' ' : c;
  }
  void forget() { head_.clear(); }

  // `public:` is over with its colon; `a ? b : c`, `X::y` and member initialisers are not.
  void colon() {
    static const std::regex access(R"(^\s*(public|private|protected)\s*$)");
    if (std::regex_match(head_, access)) return forget();
    grow(':');
  }

  void open() {
    if (parens_ > 0 || isInitialiser()) {
      skipBlock();
      head_ += "{}";
      return;
    }
    if (isScope()) return forget();
    const int first = headLine_;
    const std::string head = head_;
    skipBlock();
    found_.push_back({head, first, line_ - first + 1});
    forget();
  }

  bool isScope() const {
    static const std::regex scope(
        R"(^(template\s*<.*>\s*)?(typedef |inline |export |static |const |constexpr )*)"
        R"((namespace|class|struct|union|enum|extern)\b)");
    if (head_.empty()) return true;  // a bare block: cannot stand outside of functions
    // A function may return a struct by its keyword; a scope has no parameter list.
    return std::regex_search(head_, scope) && !std::regex_search(head_, parameters());
  }

  static const std::regex& parameters() {
    static const std::regex pattern(R"(\w\s*\([^()]*\)\s*(const|noexcept|override|->|$))");
    return pattern;
  }

  // `int x{3}`, `v = {…}`, and in a constructor's list `a_{1}`: not a body. A body's brace follows
  // `)`, a word like const or override, a return type, or the last initialiser of that list.
  bool isInitialiser() const {
    const auto last = head_.find_last_not_of(' ');
    if (last == std::string::npos) return false;
    const char before = head_[last];
    if (before == '=' || before == ',') return true;
    if (isScope()) return false;
    if (head_.find('(') == std::string::npos) return true;
    static const std::regex list(R"(\)\s*(noexcept)?\s*:[^:])");
    const bool word = std::isalnum(static_cast<unsigned char>(before)) != 0 || before == '_';
    return std::regex_search(head_, list) && (word || before == '>');
  }

  // Moves to the closing brace that belongs to the opening one at `at_`.
  void skipBlock() {
    int depth = 0;
    for (; at_ < code_.size(); ++at_) {
      if (code_[at_] == '\n') ++line_;
      if (code_[at_] == '{') ++depth;
      if (code_[at_] == '}' && --depth == 0) return;
    }
  }

  std::string_view code_;
  std::size_t at_ = 0;
  int line_ = 1;
  int parens_ = 0;
  int headLine_ = 1;
  std::string head_;
  std::vector<FunctionSpan> found_;
};

}  // namespace

std::vector<FunctionSpan> functionsOf(std::string_view code) { return FunctionFinder(code).run(); }

}  // namespace henge::tidy

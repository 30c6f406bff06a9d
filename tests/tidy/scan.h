// Reads C++ text as far as the rules of this house need it: no compiler, no preprocessor.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace henge::tidy {

// The same text with every comment, string and character literal, and preprocessor line replaced by
// blanks; line breaks stay, so that line numbers hold.
std::string codeOnly(std::string_view text);

// The comments alone, one entry a comment line, without their slashes and leading blanks.
struct CommentLine {
  int line = 0;
  std::string text;
};
std::vector<CommentLine> commentLines(std::string_view text);

// Whether a comment reads like a statement that was switched off.
bool looksLikeCode(std::string_view comment);

// A function with a body: from the first line of its head to its closing brace, both counted.
// Functions inside functions and lambdas count as lines of the outer one.
struct FunctionSpan {
  std::string head;
  int firstLine = 0;
  int lines = 0;
};
std::vector<FunctionSpan> functionsOf(std::string_view code);

// Names declared with an unordered container, and the loops that walk one of `names`.
std::vector<std::string> unorderedNames(std::string_view code);
std::vector<int> linesThatIterate(std::string_view code, const std::vector<std::string>& names);

// The included paths in order, with their quotes or angle brackets.
struct Include {
  int line = 0;
  std::string path;
  bool quoted = false;
};
std::vector<Include> includesOf(std::string_view text);

std::vector<std::string> linesOf(std::string_view text);
int columnsOf(std::string_view line);  // code points of UTF-8

}  // namespace henge::tidy

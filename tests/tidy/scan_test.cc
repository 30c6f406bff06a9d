// The measure is measured: fixtures with known answers.
#include "tests/tidy/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace henge::tidy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::pair<int, int>> spans(std::string_view text) {
  std::vector<std::pair<int, int>> found;
  for (const FunctionSpan& span : functionsOf(codeOnly(text))) {
    found.emplace_back(span.firstLine, span.lines);
  }
  return found;
}

TEST(CodeOnly, BlanksCommentsLiteralsAndDirectives) {
  EXPECT_EQ(codeOnly("int a; // {\nint b; /* { */ int c;"), "int a;     \nint b;         int c;");
  EXPECT_EQ(codeOnly(R"(f("a\"{", '{', '\'');)"), "f(      ,    ,     );");
  EXPECT_EQ(codeOnly("#define X { \\\n  }\nint d;"), "             \n   \nint d;");
  EXPECT_EQ(codeOnly("auto s = R\"x(\n{ \" )x\";"), "auto s =     \n       ;");
}

TEST(CodeOnly, DigitSeparatorsAreNoCharacters) {
  EXPECT_EQ(codeOnly("int a = 1'000'000; char c = '}';"), "int a = 1'000'000; char c =    ;");
}

TEST(Functions, FreeAndMember) {
  EXPECT_THAT(spans("int f() {\n  return 1;\n}\n\nvoid A::g(int x) const {\n}\n"),
              ElementsAre(std::pair(1, 3), std::pair(5, 2)));
}

TEST(Functions, InsideOfNamespacesAndClasses) {
  const char* text =
      "namespace a::b {\n"
      "class [[nodiscard]] C final : public D<int(int)> {\n"
      " public:\n"
      "  explicit C(int x)\n"
      "      : x_(x) {}\n"
      "  int x() const { return x_; }\n"
      " private:\n"
      "  int x_{3};\n"
      "};\n"
      "}\n";
  EXPECT_THAT(spans(text), ElementsAre(std::pair(4, 2), std::pair(6, 1)));
}

TEST(Functions, MemberInitialisersWithBracesAreNotTheBody) {
  EXPECT_THAT(spans("A::A(int x)\n    : a_{x},\n      b_{{1}, 2} {\n  f();\n}\n"),
              ElementsAre(std::pair(1, 5)));
  EXPECT_THAT(spans("A::A() noexcept : a_(B{1}), c_{} {\n}\n"), ElementsAre(std::pair(1, 2)));
}

TEST(Functions, InitialisersAreNoFunctions) {
  EXPECT_THAT(spans("const std::map<int, int> table = {\n  {1, 2},\n};\nint x{f(3)};\n"
                    "void g(Options o = {});\nenum class E : int { a, b };\n"
                    "struct P { int a = 0; };\n"),
              IsEmpty());
}

TEST(Functions, TemplatesOperatorsTrailingTypes) {
  EXPECT_THAT(spans("template <typename T>\nauto f(T t) -> std::vector<T> {\n  return {t};\n}\n"),
              ElementsAre(std::pair(1, 4)));
  EXPECT_THAT(spans("bool operator()(int a) const {\n  return a;\n}\n"),
              ElementsAre(std::pair(1, 3)));
  EXPECT_THAT(spans("struct S f(int x) {\n}\n"), ElementsAre(std::pair(1, 2)));
}

TEST(Functions, LambdasAndLocalBlocksCountAsLinesOfTheOuter) {
  EXPECT_THAT(spans("void f() {\n  auto g = [&](int x) {\n    if (x) {\n    }\n  };\n}\n"),
              ElementsAre(std::pair(1, 6)));
}

TEST(Functions, BracesInTextDoNotCount) {
  EXPECT_THAT(spans("void f() {\n  g(\"}\");  // }\n}\nvoid h() {}\n"),
              ElementsAre(std::pair(1, 3), std::pair(4, 1)));
}

TEST(Functions, TestMacros) {
  EXPECT_THAT(spans("TEST(A, B) {\n  EXPECT_EQ(1, 1);\n}\n"), ElementsAre(std::pair(1, 3)));
}

TEST(Comments, AreFoundWithTheirLines) {
  const auto found =
      commentLines("// one\nint x;  // two \"\n/* three\n   four */ auto s = \"// no\";");
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[1].text, "two \"");
  EXPECT_EQ(found[3].line, 4);
}

TEST(Comments, CodeAndProse) {
  for (const char* code : {"foo(bar);", "return x;", "if (a) {", "}", "int x = 3;", "x += f(y);",
                           "for (int i = 0; i < 3; ++i) g(i);", "a->b(c).d();", "} else {",
                           "#include \"core/ring.h\""}) {
    EXPECT_TRUE(looksLikeCode(code)) << code;
  }
  for (const char* prose :
       {"The newest wins (always);", "if it is gone: none.", "n ≥ 1; may be empty",
        "return to the caller", "a token is the first position of a range;",
        "for each of the members (three of them) one row;"}) {
    EXPECT_FALSE(looksLikeCode(prose)) << prose;
  }
}

TEST(Unordered, NamesAndLoops) {
  const std::string code =
      "std::unordered_map<int, std::vector<int>> rows_;\nstd::map<int, int> ordered_;\n"
      "for (const auto& [a, b] : rows_) f();\nfor (auto& x : ordered_) g();\n"
      "auto it = rows_.begin();\nauto hit = rows_.find(1);\n";
  const auto names = unorderedNames(code);
  EXPECT_THAT(names, ElementsAre("rows_"));
  EXPECT_THAT(linesThatIterate(code, names), ElementsAre(3, 5));
}

TEST(Includes, QuotedAndAngled) {
  const auto found =
      includesOf("#include <map>\n// #include \"no.h\"\n  # include \"core/ring.h\"\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_FALSE(found[0].quoted);
  EXPECT_EQ(found[1].path, "core/ring.h");
  EXPECT_EQ(found[1].line, 3);
}

TEST(Lines, ColumnsAreCodePoints) {
  EXPECT_EQ(columnsOf("a ≥ b · c"), 9);
  EXPECT_THAT(linesOf("a\n\nb"), ElementsAre("a", "", "b"));
}

}  // namespace
}  // namespace henge::tidy

#include "tests/sim/program/case_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "core/bytes.h"

namespace henge::sim {

namespace {

std::string fileName(const FailingCase& found) {
  std::string name = found.finding.kind;
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != '_'; }, '-');
  std::array<char, 20> hash{};
  std::snprintf(hash.data(), hash.size(), "-%08llx",
                static_cast<unsigned long long>(hash64(print(found.what)) >> 32));
  return name + hash.data() + ".case";
}

}  // namespace

std::string caseText(const FailingCase& found) {
  const std::string& sentence = found.finding.sentence;
  return "# " + sentence.substr(0, sentence.find('\n')) + "\n" + print(found.what);
}

Result<std::string> saveCase(const std::string& folder, const FailingCase& found) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string path = folder + "/" + fileName(found);
  std::ofstream file(path, std::ios::trunc);
  file << caseText(found) << std::flush;
  if (!file) return Error{ErrorKind::io, "cannot write " + path};
  return path;
}

}  // namespace henge::sim

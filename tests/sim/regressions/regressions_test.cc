// What the simulator once found, as cases that must be clean for ever after.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "tests/sim/program/fitting.h"
#include "tests/sim/world/world.h"

namespace henge::sim {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> caseFiles() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(HENGE_SOURCE_DIR "/tests/sim/regressions")) {
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string nameOfTest(const testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Regressions : public testing::TestWithParam<fs::path> {};

TEST_P(Regressions, AreClean) {
  const std::string text = read(GetParam());
  EXPECT_TRUE(text.starts_with("# ")) << "the first line says what it once found";
  const Result<Case> what = parseCase(text);
  ASSERT_TRUE(what.ok()) << what.error().message;
  ASSERT_TRUE(checkShape(what->settings).ok());
  Case fitted = *what;
  fitFaults(fitted);
  ASSERT_EQ(print(fitted), print(*what)) << "a fault that cannot happen";
  World world(*what, false);
  const Outcomes outcomes = world.run();
  EXPECT_FALSE(outcomes.violation) << toString(*outcomes.violation);
  EXPECT_GT(outcomes.okOps, 0U);
}

INSTANTIATE_TEST_SUITE_P(Cases, Regressions, testing::ValuesIn(caseFiles()), nameOfTest);

}  // namespace
}  // namespace henge::sim

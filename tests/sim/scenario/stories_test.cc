// Each story, played and compared with what it says.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "tests/sim/scenario/story.h"
#include "tests/sim/scenario/teller.h"

namespace henge::sim {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> storyFiles() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(HENGE_SOURCE_DIR "/tests/sim/scenario/stories")) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool isRewrite() {
  const char* rewrite = std::getenv("HENGE_REWRITE");
  return rewrite != nullptr && std::string_view(rewrite) == "1";
}

std::string nameOfTest(const testing::TestParamInfo<fs::path>& info) {
  return info.param.stem().string();
}

class Stories : public testing::TestWithParam<fs::path> {};

TEST_P(Stories, GoAsTheySay) {
  const std::string text = read(GetParam());
  EXPECT_TRUE(text.starts_with("# ")) << "the first line says what a reader learns";
  std::vector<StoryStep> story = parseStory(text);
  ASSERT_FALSE(story.empty());
  Teller teller;
  for (StoryStep& step : story) {
    if (step.command.empty()) continue;
    SCOPED_TRACE(GetParam().filename().string() + ":" + std::to_string(step.lineNumber) + ": " +
                 step.command);
    const std::vector<std::string> said = teller.tell(step.command);
    for (const std::string& line : said) EXPECT_FALSE(line.starts_with("??")) << line;
    if (!isRewrite()) {
      EXPECT_EQ(said, step.output);
    }
    step.output = said;
  }
  if (isRewrite()) {
    std::ofstream(GetParam()) << print(story);
  } else {
    EXPECT_EQ(print(parseStory(text)), text) << "the file is not as it would be written";
  }
}

INSTANTIATE_TEST_SUITE_P(Told, Stories, testing::ValuesIn(storyFiles()), nameOfTest);

}  // namespace
}  // namespace henge::sim

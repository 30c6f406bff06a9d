#include "client/shell/history_file.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace henge::client {

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

class HistoryFileTest : public ::testing::Test {
 protected:
  HistoryFileTest() {
    char name[] = "/tmp/henge_history_XXXXXX";
    folder_ = ::mkdtemp(name);
    path_ = folder_ + "/state/henge/history";
  }
  ~HistoryFileTest() override { fs::remove_all(folder_); }

  void write(const std::string& text) {
    fs::create_directories(fs::path(path_).parent_path());
    std::ofstream(path_) << text;
  }

  static unsigned modeOf(const std::string& path) {
    struct stat facts {};
    EXPECT_EQ(::stat(path.c_str(), &facts), 0);
    return facts.st_mode & 07777U;
  }

  std::string folder_;
  std::string path_;
};

TEST(HistoryRules, SecretsRepetitionsAndControlBytesAreNotKept) {
  EXPECT_TRUE(isWorthKeeping("put k v", "get k"));
  EXPECT_TRUE(isWorthKeeping("put k ü", ""));
  EXPECT_FALSE(isWorthKeeping(" put password 1", ""));
  EXPECT_FALSE(isWorthKeeping("get k", "get k"));
  EXPECT_FALSE(isWorthKeeping("", "get k"));
  EXPECT_FALSE(isWorthKeeping("put k \x1b]0;evil\x07", ""));
  EXPECT_FALSE(isWorthKeeping("put k \xff", ""));
  EXPECT_FALSE(isWorthKeeping(std::string(HistoryFile::lineBytesMax + 1, 'x'), ""));
}

TEST(HistoryRules, ThePathIsWhereStateBelongs) {
  EXPECT_EQ(historyPath("/s", "/h"), "/s/henge/history");
  EXPECT_EQ(historyPath("", "/h"), "/h/.local/state/henge/history");
  EXPECT_EQ(historyPath("relative", "/h"), "/h/.local/state/henge/history");
  EXPECT_EQ(historyPath("", ""), "");
}

TEST_F(HistoryFileTest, IsPrivateWithItsFolder) {
  HistoryFile file(path_);
  EXPECT_EQ(*file.load(), Lines{}) << "none yet";
  ASSERT_TRUE(file.append("put a 1").ok());
  ASSERT_TRUE(file.append("get a").ok());
  EXPECT_EQ(*file.load(), (Lines{"put a 1", "get a"}));
  EXPECT_EQ(modeOf(path_), 0600U);
  EXPECT_EQ(modeOf(folder_ + "/state/henge"), 0700U);
}

TEST_F(HistoryFileTest, OddLinesOfTheFileAreLeftOut) {
  write("get a\nput b \x1b[2J\n\n put secret 1\n\xff\xfe\nget b");
  EXPECT_EQ(*HistoryFile(path_).load(), (Lines{"get a", "get b"}));
}

TEST_F(HistoryFileTest, IsCutToItsNewestLines) {
  std::string text;
  for (std::size_t i = 0; i <= HistoryFile::fileLinesMax; ++i) {
    text += "get " + std::to_string(i) + "\n";
  }
  write(text);
  const Lines lines = *HistoryFile(path_).load();
  EXPECT_EQ(lines.size(), HistoryFile::linesMax);
  EXPECT_EQ(lines.back(), "get " + std::to_string(HistoryFile::fileLinesMax));
  EXPECT_LT(fs::file_size(path_), text.size());
  EXPECT_EQ(modeOf(path_), 0600U);
  EXPECT_EQ(*HistoryFile(path_).load(), lines);
}

TEST_F(HistoryFileTest, TwoSessionsLoseNoLineOfEachOther) {
  const auto appendMany = [this](const std::string& who) {
    HistoryFile file(path_);
    for (int i = 0; i < 200; ++i) EXPECT_TRUE(file.append(who + std::to_string(i)).ok());
  };
  std::thread other(appendMany, "b");
  appendMany("a");
  other.join();
  EXPECT_EQ(HistoryFile(path_).load()->size(), 400U);
}

TEST_F(HistoryFileTest, WhatCannotBeWrittenIsAnErrorWithPathAndCause) {
  std::ofstream(folder_ + "/state") << "a file where the folder should be";
  const Status kept = HistoryFile(path_).append("get a");
  ASSERT_FALSE(kept.ok());
  EXPECT_EQ(kept.error().message, "the history " + path_ + " cannot be written: Not a directory");
  EXPECT_FALSE(HistoryFile(path_).load().ok());
}

}  // namespace

}  // namespace henge::client

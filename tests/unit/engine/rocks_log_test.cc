#include "server/engine/rocks_log.h"

#include <filesystem>
#include <gtest/gtest.h>

#include "tests/kit/temp_directory.h"

namespace henge::engine {
namespace {

namespace fs = std::filesystem;

void say(RocksLog& log, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  log.Logv(format, arguments);
  va_end(arguments);
}

TEST(RocksLog, linesBearTheirTimeAndAreAppended) {
  const kit::TempDirectory root;
  for (int i = 1; i <= 2; ++i) {
    RocksLog log(root.path());
    say(log, "line %d of %s", i, "two");
  }
  const std::string text = kit::contentsOf(root / "LOG");
  EXPECT_NE(text.find("Z line 1 of two\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("Z line 2 of two\n")) << text;
}

TEST(RocksLog, staysWithinTwoFilesOfItsLimit) {
  const kit::TempDirectory root;
  RocksLog log(root.path(), 1000);
  for (int i = 0; i < 200; ++i) say(log, "line %d", i);
  EXPECT_LE(fs::file_size(root / "LOG"), 1000U);
  EXPECT_LE(fs::file_size(root / "LOG.old"), 1000U);
  EXPECT_TRUE(kit::contentsOf(root / "LOG").ends_with(" line 199\n"));
}

TEST(RocksLog, longLinesAreCut) {
  const kit::TempDirectory root;
  RocksLog log(root.path());
  say(log, "%s", std::string(100'000, 'x').c_str());
  EXPECT_LT(fs::file_size(root / "LOG"), RocksLog::lineBytesMax + 100);
  EXPECT_TRUE(kit::contentsOf(root / "LOG").ends_with("x\n"));
}

TEST(RocksLog, aFullDiskDropsLines) {
  const kit::TempDirectory root;
  fs::create_symlink("/dev/full", root / "LOG");
  RocksLog log(root.path());
  for (int i = 0; i < 10; ++i) say(log, "line");
  RocksLog nowhere(root / "none");
  say(nowhere, "line");
  EXPECT_FALSE(fs::exists(root / "none"));
}

}  // namespace
}  // namespace henge::engine

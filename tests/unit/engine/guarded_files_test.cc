#include "server/engine/guarded_files.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/kit/temp_directory.h"

namespace henge::engine {
namespace {

using Calls = std::vector<std::string>;

class NotedDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  NotedDirectory(std::unique_ptr<rocksdb::FSDirectory>&& inner, std::string path, Calls& calls)
      : FSDirectoryWrapper(std::move(inner)), path_(std::move(path)), calls_(calls) {}
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    calls_.push_back("sync " + path_);
    return FSDirectoryWrapper::Fsync(options, debug);
  }

 private:
  std::string path_;
  Calls& calls_;
};

class NotedFiles final : public rocksdb::FileSystemWrapper {
 public:
  explicit NotedFiles(Calls& calls) : FileSystemWrapper(FileSystem::Default()), calls_(calls) {}
  const char* Name() const override { return "NotedFiles"; }
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSDirectory> inner;
    auto status = FileSystemWrapper::NewDirectory(name, options, &inner, debug);
    if (status.ok()) *result = std::make_unique<NotedDirectory>(std::move(inner), name, calls_);
    return status;
  }
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
    calls_.push_back("rename " + to);
    return FileSystemWrapper::RenameFile(from, to, options, debug);
  }

 private:
  Calls& calls_;
};

TEST(GuardedFiles, NamesAreSyncedBeforeAnythingIsRenamed) {
  const kit::TempDirectory root;
  Calls calls;
  const auto files = guardedFiles(std::make_shared<NotedFiles>(calls));
  kit::writeFile(root / "a", "bytes");
  ASSERT_TRUE(files->RenameFile(root / "a", root / "b", {}, nullptr).ok());
  EXPECT_EQ(calls, (Calls{"sync " + root.path(), "rename " + root / "b"}));
  EXPECT_EQ(kit::contentsOf(root / "b"), "bytes");
}

TEST(GuardedFiles, NothingIsRenamedThatCannotBeKept) {
  const kit::TempDirectory root;
  Calls calls;
  const auto files = guardedFiles(std::make_shared<NotedFiles>(calls));
  EXPECT_FALSE(files->RenameFile(root / "no/a", root / "b", {}, nullptr).ok());
  EXPECT_EQ(calls, Calls{});
}

TEST(GuardedFiles, WithoutAnyTheOperatingSystemsFilesAreMeant) {
  const kit::TempDirectory root;
  kit::writeFile(root / "a", "bytes");
  EXPECT_TRUE(guardedFiles(nullptr)->FileExists(root / "a", {}, nullptr).ok());
}

}  // namespace
}  // namespace henge::engine

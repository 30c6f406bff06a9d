// The names of a tree of files: those on the disk and those a process sees.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "server/ports/random.h"
#include "tests/kit/fake_file.h"

namespace henge::kit {

// "a/b" for "a/b/c"; "" for "c".
std::string directoryOf(const std::string& path);

// A value. A change of names is on the disk after syncDirectory() of its directory; until then a
// power cut keeps or drops each change by itself. A rename is one change: either name, never none,
// and on the disk with either directory.
class FakeNames {
 public:
  using FileId = std::uint64_t;  // ≥ 1

  std::optional<FileId> find(const std::string& path) const;
  std::optional<FileId> findDurable(const std::string& path) const;
  bool isDirectory(const std::string& path) const {
    return path.empty() || directories_.contains(path);
  }
  const std::map<std::string, FileId>& files() const { return files_; }
  bool isHeld(FileId id) const;  // a name still leads to it, or may after a power cut

  void link(const std::string& path, FileId id);
  void unlink(const std::string& path);
  void rename(const std::string& from, const std::string& to);  // `from` is there
  void makeDirectory(const std::string& path);
  void syncDirectory(const std::string& directory);

  void cut(ports::Random& chance);
  void cut();  // what was not synced is lost
  std::size_t unsynced() const { return pending_.size(); }
  void cut(std::span<const Survival> survivals);  // one for each, in the order of the changes

  // On the disk at once, with the directories above it.
  void put(const std::string& path, FileId id);
  void erase(const std::string& path);

 private:
  struct Change {
    std::string path;
    std::string from;  // rename
    FileId id = 0;     // 0: unlinked, or a directory
    bool directory = false;
  };
  static void apply(const Change& change, std::map<std::string, FileId>& files,
                    std::set<std::string>& directories);
  void change(Change change);
  void dropOrphans();

  std::map<std::string, FileId> files_;
  std::map<std::string, FileId> durableFiles_;
  std::set<std::string> directories_;
  std::set<std::string> durableDirectories_;
  std::vector<Change> pending_;
};

}  // namespace henge::kit

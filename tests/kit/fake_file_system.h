// A file system in memory, in the steps of the system calls: what survives a process and what
// survives the power.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "server/ports/disk.h"
#include "tests/kit/fake_file.h"
#include "tests/kit/fake_names.h"

namespace henge::kit {

// What happens to the files, as it happens; `path` is the name the step was asked for. None of them
// may change the files.
class FileWatch {
 public:
  virtual void onWritten(const std::string& /*path*/, std::uint64_t /*offset*/,
                         BytesView /*bytes*/) {}
  virtual void onZeroed(const std::string& /*path*/, std::uint64_t /*bytes*/) {}  // from the start
  virtual void onResized(const std::string& /*path*/, std::uint64_t /*bytes*/) {}
  virtual void onMade(const std::string& /*path*/) {}  // a file; then onResized()
  virtual void onDirectoryMade(const std::string& /*path*/) {}
  virtual void onSynced(const std::string& /*path*/) {}  // all bytes written so far are on the disk
  virtual void onRenamed(const std::string& /*from*/, const std::string& /*to*/) {}
  virtual void onRemoved(const std::string& /*path*/) {}
  virtual void onNamesSynced(const std::string& /*directory*/) {}
  virtual void onCut() {}  // the power was cut: what is read now is what is on the disk

 protected:
  ~FileWatch() = default;
};

enum class Damage {
  flipBit,
  zeroSector,
  staleSector,        // an older content of it; none known: another file's
  misdirectedSector,  // what belongs at the same place of another file
  truncate,
  removeFile
};

// Copies are copies of the files; capacity and watch are the device's and are not copied. Paths are
// relative, "" is the root, which is always there. Errors are those of server/ports/disk.h.
// Thread: system calls may come from any, and are done and watched one after the other; all else
// while nobody calls.
class FakeFileSystem {
 public:
  using Watch = FileWatch;

  FakeFileSystem() = default;
  FakeFileSystem(const FakeFileSystem& other) : content_(other.content_) {}
  FakeFileSystem& operator=(const FakeFileSystem& other) {
    if (this != &other) content_ = other.content_;
    return *this;
  }

  // The whole file as a process would read it now; nullopt: none.
  std::optional<Bytes> contents(const std::string& path) const;
  // The same without a copy; null: none. Until the next change.
  const Bytes* peek(const std::string& path) const;
  // What is there after a power cut that keeps nothing but what was synced.
  const Bytes* peekDurable(const std::string& path) const;
  std::vector<std::string> paths() const;  // ascending

  // What a power cut could take, in the order of cut(): each name, then each change of each file;
  // how many sectors it may leave of it.
  std::vector<std::uint64_t> pendingSectors() const;

  // Puts a file there, on the disk at once: for tests that damage one.
  void put(const std::string& path, Bytes bytes);
  void erase(const std::string& path);

  // nullopt: none. What is too much is refused; what is there already stays.
  void setCapacity(std::optional<std::uint64_t> bytes) { capacity_ = bytes; }
  std::uint64_t bytesUsed() const;
  std::uint64_t spaceLeft() const;                 // no capacity: as much as there can be
  void setWatch(Watch* watch) { watch_ = watch; }  // null: none

  // Each changes the disk, and what is read. false: it changed nothing.
  bool damage(const std::string& path, ports::Random& chance, Damage kind);
  bool flipBits(const std::string& path, std::uint64_t from, std::uint64_t end,
                ports::Random& chance, int count = 1);  // within [from, end)
  bool swapFiles(const std::string& a, const std::string& b);

  // System calls.
  enum class OpenAs { fresh, exclusive };  // O_TRUNC, O_EXCL
  Status open(const std::string& path, OpenAs as);
  Status write(const std::string& path, std::uint64_t offset, Bytes bytes);
  Status allocate(const std::string& path, std::uint64_t bytes);
  Status writeZeroes(const std::string& path, std::uint64_t bytes);
  Status truncate(const std::string& path, std::uint64_t bytes);
  Status sync(const std::string& path);
  void failSync(const std::string& path);
  Result<Bytes> read(const std::string& path, std::uint64_t offset, std::uint64_t length) const;
  Result<std::vector<ports::DirectoryEntry>> list(const std::string& directory) const;
  Status rename(const std::string& from, const std::string& to);
  Status unlink(const std::string& path);
  Status makeDirectory(const std::string& path);
  void syncDirectory(const std::string& directory);

 protected:
  ~FakeFileSystem() = default;
  // null: only what was synced is kept.
  void cut(ports::Random* chance);
  void cut(std::span<const Survival> survivals);  // one for each of pendingSectors()
  void clear() { content_ = {}; }

 private:
  struct Content {
    FakeNames names;
    std::map<FakeNames::FileId, FakeFile> files;
    FakeNames::FileId lastId = 0;
    Bytes remnant;  // of the file that was last removed
  };
  FakeFile* find(const std::string& path);
  const FakeFile* find(const std::string& path) const;
  Status checkParent(const std::string& path) const;
  void collect();  // files that no name leads to any more
  Status resize(const std::string& path, std::uint64_t bytes);
  const FakeFile* another(const std::string& path, ports::Random& chance) const;
  bool putSector(FakeFile& file, std::uint64_t sector, const FakeFile* from);

  mutable std::mutex calls_;
  Content content_;  // under calls_ while there are any
  std::optional<std::uint64_t> capacity_;
  Watch* watch_ = nullptr;
};

}  // namespace henge::kit

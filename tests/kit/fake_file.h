// The bytes of one file: what is on the disk, what a process reads, and what lies between.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "server/ports/random.h"

namespace henge::kit {

// What a disk writes whole or not at all.
constexpr std::size_t sectorBytes = 512;

// What a power cut leaves of one thing that was not on the disk yet: the sectors of a write from
// `from` on and before `end`, counted from the write's first; of a size or a name, all or nothing.
struct Survival {
  std::uint64_t from = 0;
  std::uint64_t end = 0;
  bool whole() const { return end > from; }
};
constexpr Survival keptWhole{0, UINT64_MAX};
constexpr Survival lostWhole{0, 0};

struct OldSector {
  std::uint64_t sector = 0;
  Bytes bytes;
};

// A value. Offsets and lengths are in bytes; writes beyond the end make the file larger.
class FakeFile {
 public:
  FakeFile() = default;
  explicit FakeFile(Bytes onDisk) : durable_(onDisk), current_(std::move(onDisk)), whole_(true) {}

  const Bytes& current() const { return current_; }
  const Bytes& durable() const { return durable_; }
  bool isSynced() const { return unsynced_.empty(); }

  void write(std::uint64_t offset, Bytes bytes);
  void writeZeroes(std::uint64_t bytes);  // from the start
  void resize(std::uint64_t bytes);

  // Costs what was written since the last one, not what the file holds.
  void sync();
  // What was not synced is read back, and no later sync brings it to the disk.
  void failSync();

  // The power is cut. Each sector that was written since the last sync holds what it held at some
  // moment since: before, in between or last; each by itself, so that later bytes may be there
  // without earlier ones. A size may have changed before the bytes came. Of a file that was never
  // synced, what lies between may be `remnant`: what another file held there before.
  void cut(ports::Random& chance, BytesView remnant);
  // All that was not synced is lost.
  void cut();
  // The sectors of each change that was not synced, in their order; 1: of a size, too.
  std::vector<std::uint64_t> unsyncedSectors() const;
  // One survival for each of them.
  void cut(std::span<const Survival> survivals);

  // Damage: each changes what is on the disk and what is read, and says whether it changed
  // anything.
  bool flipBit(std::uint64_t offset, unsigned bit);
  bool overwriteSector(std::uint64_t sector, BytesView bytes);
  bool shorten(std::uint64_t bytes);

  // As it was before the last sync that changed it.
  const std::optional<OldSector>& oldSector() const { return oldSector_; }

 private:
  struct Change {
    enum class Kind { data, zeroes, size };
    Kind kind = Kind::data;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    Bytes bytes;
  };
  static void overlay(Bytes& bytes, std::uint64_t offset, BytesView part);
  static void overlay(Bytes& bytes, const Change& change, std::uint64_t from, std::uint64_t length);
  void change(Change change);
  void widenToSectors(Change& change) const;
  void cutChange(const Change& change, ports::Random& chance, std::vector<bool>& passed);
  void cutChange(const Change& change, Survival survival, std::vector<bool>& passed);
  void grow(std::uint64_t bytes, BytesView remnant);
  void keepOldSector(const Change& change);

  Bytes durable_;
  Bytes current_;
  std::vector<Change> unsynced_;  // in the order they were made
  bool whole_ = false;            // was synced once: nothing of another file can show through
  bool hasLost_ = false;          // reads back what no sync will bring to the disk
  std::optional<OldSector> oldSector_;
};

}  // namespace henge::kit

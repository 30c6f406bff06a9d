#include "tests/kit/fake_file.h"

#include <algorithm>
#include <cassert>

namespace henge::kit {

void FakeFile::overlay(Bytes& bytes, std::uint64_t offset, BytesView part) {
  if (bytes.size() < offset + part.size()) bytes.resize(offset + part.size(), '\0');
  std::copy(part.begin(), part.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

// The part of `change` that starts `from` bytes into it.
void FakeFile::overlay(Bytes& bytes, const Change& change, std::uint64_t from,
                       std::uint64_t length) {
  const std::uint64_t offset = change.offset + from;
  if (change.kind == Change::Kind::data)
    return overlay(bytes, offset, BytesView(change.bytes).substr(from, length));
  if (bytes.size() < offset + length) bytes.resize(offset + length, '\0');
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), length, '\0');
}

void FakeFile::write(std::uint64_t offset, Bytes bytes) {
  const std::uint64_t length = bytes.size();
  change({Change::Kind::data, offset, length, std::move(bytes)});
}

void FakeFile::writeZeroes(std::uint64_t bytes) { change({Change::Kind::zeroes, 0, bytes, {}}); }

void FakeFile::resize(std::uint64_t bytes) {
  current_.resize(bytes, '\0');
  unsynced_.push_back({Change::Kind::size, 0, bytes, {}});
}

void FakeFile::change(Change change) {
  if (change.length == 0) return;
  overlay(current_, change, 0, change.length);
  if (hasLost_) widenToSectors(change);
  unsynced_.push_back(std::move(change));
}

// A sector goes to the disk as it is read now, with what an earlier sync has lost.
void FakeFile::widenToSectors(Change& change) const {
  const std::uint64_t end = change.offset + change.length + sectorBytes - 1;
  change.kind = Change::Kind::data;
  change.offset -= change.offset % sectorBytes;
  change.bytes = current_.substr(change.offset, end - end % sectorBytes - change.offset);
  change.length = change.bytes.size();
}

void FakeFile::sync() {
  for (const Change& change : unsynced_) {
    if (change.kind == Change::Kind::size) {
      durable_.resize(change.length, '\0');
      continue;
    }
    keepOldSector(change);
    overlay(durable_, change, 0, change.length);
  }
  unsynced_.clear();
  whole_ = true;
}

void FakeFile::failSync() {
  hasLost_ = hasLost_ || !unsynced_.empty();
  unsynced_.clear();
}

void FakeFile::keepOldSector(const Change& change) {
  const std::uint64_t sector = change.offset / sectorBytes;
  if (!whole_ || sector * sectorBytes >= durable_.size()) return;
  if (!oldSector_) oldSector_.emplace();
  oldSector_->sector = sector;
  oldSector_->bytes.assign(durable_, sector * sectorBytes, sectorBytes);
}

void FakeFile::cut() {
  unsynced_.clear();
  hasLost_ = false;
  current_ = durable_;
}

void FakeFile::cut(ports::Random& chance, BytesView remnant) {
  if (whole_ || chance.below(2) == 0) remnant = {};
  std::vector<bool> passed(current_.size() / sectorBytes + 1);
  for (const Change& change : unsynced_) {
    if (change.kind != Change::Kind::size) {
      if (chance.below(4) == 0) grow(change.offset + change.length, remnant);
      cutChange(change, chance, passed);
    } else if (chance.below(2) == 0) {
      if (change.length < durable_.size()) durable_.resize(change.length);
      grow(change.length, remnant);
    }
  }
  cut();
}

// A sector that misses a change misses those after it too: they are of one page in memory, and the
// disk holds that page as it was at one moment.
void FakeFile::cutChange(const Change& change, ports::Random& chance, std::vector<bool>& passed) {
  enum { lost, kept, torn };
  const std::uint64_t fate = chance.below(3);
  std::uint64_t from = 0;
  while (from < change.length) {
    const std::uint64_t at = change.offset + from;
    const std::uint64_t length = std::min(sectorBytes - at % sectorBytes, change.length - from);
    if (at / sectorBytes >= passed.size()) passed.resize(at / sectorBytes + 1);
    const bool reached = fate == kept || (fate == torn && chance.below(2) == 0);
    if (!reached) passed[at / sectorBytes] = true;
    if (!passed[at / sectorBytes]) overlay(durable_, change, from, length);
    from += length;
  }
}

std::vector<std::uint64_t> FakeFile::unsyncedSectors() const {
  std::vector<std::uint64_t> sectors;
  for (const Change& change : unsynced_) {
    const bool size = change.kind == Change::Kind::size;
    const std::uint64_t last = (change.offset + change.length - 1) / sectorBytes;
    sectors.push_back(size ? 1 : last - change.offset / sectorBytes + 1);
  }
  return sectors;
}

void FakeFile::cut(std::span<const Survival> survivals) {
  assert(survivals.size() == unsynced_.size());
  std::vector<bool> passed(current_.size() / sectorBytes + 1);
  auto survival = survivals.begin();
  for (const Change& change : unsynced_) {
    if (change.kind != Change::Kind::size)
      cutChange(change, *survival, passed);
    else if (survival->whole())
      durable_.resize(change.length, '\0');
    ++survival;
  }
  cut();
}

void FakeFile::cutChange(const Change& change, Survival survival, std::vector<bool>& passed) {
  const std::uint64_t first = change.offset / sectorBytes;
  std::uint64_t from = 0;
  while (from < change.length) {
    const std::uint64_t at = change.offset + from;
    const std::uint64_t sector = at / sectorBytes;
    const std::uint64_t length = std::min(sectorBytes - at % sectorBytes, change.length - from);
    if (sector >= passed.size()) passed.resize(sector + 1);
    if (sector - first < survival.from || sector - first >= survival.end) passed[sector] = true;
    if (!passed[sector]) overlay(durable_, change, from, length);
    from += length;
  }
}

void FakeFile::grow(std::uint64_t bytes, BytesView remnant) {
  const std::uint64_t before = durable_.size();
  if (bytes <= before) return;
  durable_.resize(bytes, '\0');
  const std::uint64_t end = std::min<std::uint64_t>(bytes, remnant.size());
  if (before < end)
    std::copy_n(remnant.begin() + static_cast<std::ptrdiff_t>(before), end - before,
                durable_.begin() + static_cast<std::ptrdiff_t>(before));
}

bool FakeFile::flipBit(std::uint64_t offset, unsigned bit) {
  const auto mask = static_cast<char>(1U << (bit % 8));
  for (Bytes* bytes : {&durable_, &current_})
    if (offset < bytes->size()) (*bytes)[offset] = static_cast<char>((*bytes)[offset] ^ mask);
  return offset < durable_.size() || offset < current_.size();
}

bool FakeFile::overwriteSector(std::uint64_t sector, BytesView bytes) {
  const std::uint64_t at = sector * sectorBytes;
  bool changed = false;
  for (Bytes* held : {&durable_, &current_}) {
    if (at >= held->size()) continue;
    const std::uint64_t length =
        std::min<std::uint64_t>({sectorBytes, bytes.size(), held->size() - at});
    changed = changed || BytesView(*held).substr(at, length) != bytes.substr(0, length);
    overlay(*held, at, bytes.substr(0, length));
  }
  return changed;
}

bool FakeFile::shorten(std::uint64_t bytes) {
  const bool changed = bytes < durable_.size() || bytes < current_.size();
  durable_.resize(std::min<std::uint64_t>(bytes, durable_.size()));
  current_.resize(std::min<std::uint64_t>(bytes, current_.size()));
  return changed;
}

}  // namespace henge::kit

// Faults of the medium: what was on the disk is not there any more, or is something else.
#include <algorithm>

#include "tests/kit/fake_file_system.h"

namespace henge::kit {

namespace {

std::uint64_t sectorsOf(const FakeFile& file) {
  return (file.durable().size() + sectorBytes - 1) / sectorBytes;
}

}  // namespace

bool FakeFileSystem::damage(const std::string& path, ports::Random& chance, Damage kind) {
  FakeFile* file = find(path);
  if (file == nullptr) return false;
  if (kind == Damage::removeFile) return erase(path), true;
  const std::uint64_t sectors = sectorsOf(*file);
  if (sectors == 0) return false;
  const std::uint64_t sector = chance.below(sectors);
  switch (kind) {
    case Damage::flipBit:
      return flipBits(path, 0, file->durable().size(), chance);
    case Damage::zeroSector:
      return file->overwriteSector(sector, Bytes(sectorBytes, '\0'));
    case Damage::staleSector:
      if (const auto& old = file->oldSector()) {
        const OldSector copy = *old;
        return file->overwriteSector(copy.sector, copy.bytes);
      }
      return putSector(*file, sector, another(path, chance));
    case Damage::misdirectedSector:
      return putSector(*file, sector, another(path, chance));
    default:
      return file->shorten(chance.below(file->durable().size()));
  }
}

const FakeFile* FakeFileSystem::another(const std::string& path, ports::Random& chance) const {
  std::vector<const FakeFile*> others;
  for (const auto& [name, id] : content_.names.files())
    if (name != path) others.push_back(&content_.files.at(id));
  return others.empty() ? nullptr : others[chance.below(others.size())];
}

bool FakeFileSystem::putSector(FakeFile& file, std::uint64_t sector, const FakeFile* from) {
  if (from == nullptr || sector >= sectorsOf(*from)) return false;
  return file.overwriteSector(sector, from->durable().substr(sector * sectorBytes, sectorBytes));
}

bool FakeFileSystem::flipBits(const std::string& path, std::uint64_t from, std::uint64_t end,
                              ports::Random& chance, int count) {
  FakeFile* file = find(path);
  if (file == nullptr) return false;
  end = std::min<std::uint64_t>(end, file->durable().size());
  if (from >= end) return false;
  for (; count > 0; --count) {
    const std::uint64_t offset = from + chance.below(end - from);
    file->flipBit(offset, static_cast<unsigned>(chance.below(8)));
  }
  return true;
}

bool FakeFileSystem::swapFiles(const std::string& a, const std::string& b) {
  FakeFile* first = find(a);
  FakeFile* second = find(b);
  if (first == nullptr || second == nullptr || first == second) return false;
  std::swap(*first, *second);
  return true;
}

}  // namespace henge::kit

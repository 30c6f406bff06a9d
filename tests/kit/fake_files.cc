#include <algorithm>

#include "tests/kit/fake_disk.h"

namespace henge::kit {

namespace {

constexpr std::size_t sectorBytes = 512;

}  // namespace

std::optional<Bytes> FakeFiles::contents(const std::string& path) const {
  auto found = files_.find(path);
  if (found == files_.end()) return std::nullopt;
  return found->second.current;
}

std::vector<std::string> FakeFiles::paths() const {
  std::vector<std::string> out;
  for (const auto& [path, file] : files_) out.push_back(path);
  return out;
}

void FakeFiles::put(const std::string& path, Bytes bytes) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1))
    directories_[path.substr(0, slash)] = true;
  files_[path] = File{bytes, bytes, {}};
}

void FakeFiles::overlay(Bytes& bytes, std::uint64_t offset, BytesView part) {
  if (bytes.size() < offset + part.size()) bytes.resize(offset + part.size(), '\0');
  std::copy(part.begin(), part.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

void FakeFiles::powerCut() {
  for (auto& [path, file] : files_) {
    file.current = file.durable;
    file.unsynced.clear();
  }
}

void FakeFiles::powerCut(std::mt19937_64& chance) {
  for (auto& [path, file] : files_) {
    for (const Write& write : file.unsynced) {
      auto fate = chance() % 4;  // all lost, all kept, or each sector by itself
      if (fate == 0) continue;
      std::size_t at = 0;
      while (at < write.bytes.size()) {
        std::size_t inSector = (write.offset + at) % sectorBytes;
        std::size_t length = std::min(sectorBytes - inSector, write.bytes.size() - at);
        if (fate == 1 || chance() % 2 == 0)
          overlay(file.durable, write.offset + at, BytesView(write.bytes).substr(at, length));
        at += length;
      }
    }
    file.current = file.durable;
    file.unsynced.clear();
  }
}

}  // namespace henge::kit

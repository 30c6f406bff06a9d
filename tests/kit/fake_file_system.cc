#include "tests/kit/fake_file_system.h"

#include <algorithm>
#include <limits>

namespace henge::kit {

namespace {

Error missing(const std::string& path) {
  return {ErrorKind::notFound, "no file or directory " + path};
}
Error full(const std::string& path) {
  return {ErrorKind::diskFull, "no space on the disk for " + path};
}

}  // namespace

FakeFile* FakeFileSystem::find(const std::string& path) {
  const auto id = content_.names.find(path);
  return id ? &content_.files.at(*id) : nullptr;
}

const FakeFile* FakeFileSystem::find(const std::string& path) const {
  const auto id = content_.names.find(path);
  return id ? &content_.files.at(*id) : nullptr;
}

const Bytes* FakeFileSystem::peek(const std::string& path) const {
  const FakeFile* file = find(path);
  return file == nullptr ? nullptr : &file->current();
}

const Bytes* FakeFileSystem::peekDurable(const std::string& path) const {
  const auto id = content_.names.findDurable(path);
  return id ? &content_.files.at(*id).durable() : nullptr;
}

std::optional<Bytes> FakeFileSystem::contents(const std::string& path) const {
  const Bytes* bytes = peek(path);
  if (bytes == nullptr) return std::nullopt;
  return *bytes;
}

std::vector<std::string> FakeFileSystem::paths() const {
  std::vector<std::string> out;
  for (const auto& [path, id] : content_.names.files()) out.push_back(path);
  return out;
}

void FakeFileSystem::put(const std::string& path, Bytes bytes) {
  content_.names.put(path, ++content_.lastId);
  content_.files.emplace(content_.lastId, FakeFile(std::move(bytes)));
  collect();
}

void FakeFileSystem::erase(const std::string& path) {
  content_.names.erase(path);
  collect();
}

std::uint64_t FakeFileSystem::bytesUsed() const {
  std::uint64_t used = 0;
  for (const auto& [path, id] : content_.names.files())
    used += content_.files.at(id).current().size();
  return used;
}

std::uint64_t FakeFileSystem::spaceLeft() const {
  if (!capacity_) return std::numeric_limits<std::uint64_t>::max();
  return *capacity_ - std::min(*capacity_, bytesUsed());
}

Status FakeFileSystem::checkParent(const std::string& path) const {
  const std::string above = directoryOf(path);
  if (content_.names.isDirectory(above)) return {};
  return missing(above);
}

Status FakeFileSystem::open(const std::string& path, OpenAs as) {
  const std::lock_guard call(calls_);
  if (Status parent = checkParent(path); !parent) return parent;
  if (content_.names.isDirectory(path)) return Error{ErrorKind::io, path + " is a directory"};
  if (FakeFile* held = find(path)) {
    if (as == OpenAs::exclusive) return Error{ErrorKind::alreadyExists, path + " is there"};
    held->resize(0);
    if (watch_ != nullptr) watch_->onResized(path, 0);
    return {};
  }
  content_.names.link(path, ++content_.lastId);
  content_.files.emplace(content_.lastId, FakeFile());
  if (watch_ != nullptr) watch_->onMade(path);
  if (watch_ != nullptr) watch_->onResized(path, 0);
  return {};
}

// As much as there is space for is written, even if that is not all.
Status FakeFileSystem::write(const std::string& path, std::uint64_t offset, Bytes bytes) {
  const std::lock_guard call(calls_);
  FakeFile* file = find(path);
  if (file == nullptr) return missing(path);
  const std::uint64_t size = file->current().size();
  bool fits = true;
  if (offset + bytes.size() > size && capacity_) {
    const std::uint64_t end = size + spaceLeft();
    fits = offset + bytes.size() <= end;
    if (!fits) bytes.resize(end > offset ? end - offset : 0);
  }
  if (watch_ != nullptr) watch_->onWritten(path, offset, bytes);
  file->write(offset, std::move(bytes));
  return fits ? Status() : full(path);
}

Status FakeFileSystem::allocate(const std::string& path, std::uint64_t bytes) {
  const std::lock_guard call(calls_);
  FakeFile* file = find(path);
  if (file == nullptr) return missing(path);
  if (bytes > file->current().size() && bytes - file->current().size() > spaceLeft())
    return full(path);
  return resize(path, bytes);
}

Status FakeFileSystem::writeZeroes(const std::string& path, std::uint64_t bytes) {
  const std::lock_guard call(calls_);
  FakeFile* file = find(path);
  if (file == nullptr) return missing(path);
  file->writeZeroes(bytes);
  if (watch_ != nullptr) watch_->onZeroed(path, bytes);
  return {};
}

Status FakeFileSystem::truncate(const std::string& path, std::uint64_t bytes) {
  const std::lock_guard call(calls_);
  return resize(path, bytes);
}

Status FakeFileSystem::resize(const std::string& path, std::uint64_t bytes) {
  FakeFile* file = find(path);
  if (file == nullptr) return missing(path);
  file->resize(bytes);
  if (watch_ != nullptr) watch_->onResized(path, bytes);
  return {};
}

Status FakeFileSystem::sync(const std::string& path) {
  const std::lock_guard call(calls_);
  FakeFile* file = find(path);
  if (file == nullptr) return missing(path);
  file->sync();
  if (watch_ != nullptr) watch_->onSynced(path);
  return {};
}

void FakeFileSystem::failSync(const std::string& path) {
  const std::lock_guard call(calls_);
  if (FakeFile* file = find(path)) file->failSync();
}

Result<Bytes> FakeFileSystem::read(const std::string& path, std::uint64_t offset,
                                   std::uint64_t length) const {
  const std::lock_guard call(calls_);
  const Bytes* bytes = peek(path);
  if (bytes == nullptr) return missing(path);
  return offset < bytes->size() ? bytes->substr(offset, length) : Bytes();
}

Result<std::vector<ports::DirectoryEntry>> FakeFileSystem::list(
    const std::string& directory) const {
  const std::lock_guard call(calls_);
  if (!content_.names.isDirectory(directory)) return missing(directory);
  const std::string prefix = directory.empty() ? "" : directory + "/";
  std::vector<ports::DirectoryEntry> entries;
  const auto& files = content_.names.files();
  for (auto at = files.lower_bound(prefix); at != files.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    if (at->first.find('/', prefix.size()) != std::string::npos) continue;
    entries.push_back(
        {at->first.substr(prefix.size()), content_.files.at(at->second).current().size()});
  }
  return entries;
}

Status FakeFileSystem::rename(const std::string& from, const std::string& to) {
  const std::lock_guard call(calls_);
  if (find(from) == nullptr) return missing(from);
  if (Status parent = checkParent(to); !parent) return parent;
  content_.names.rename(from, to);
  collect();
  if (watch_ != nullptr) watch_->onRenamed(from, to);
  return {};
}

Status FakeFileSystem::unlink(const std::string& path) {
  const std::lock_guard call(calls_);
  if (find(path) == nullptr) return missing(path);
  content_.names.unlink(path);
  collect();
  if (watch_ != nullptr) watch_->onRemoved(path);
  return {};
}

Status FakeFileSystem::makeDirectory(const std::string& path) {
  const std::lock_guard call(calls_);
  if (content_.names.isDirectory(path)) return {};
  if (find(path) != nullptr) return Error{ErrorKind::io, path + " is no directory"};
  if (Status parent = checkParent(path); !parent) return parent;
  content_.names.makeDirectory(path);
  if (watch_ != nullptr) watch_->onDirectoryMade(path);
  return {};
}

void FakeFileSystem::syncDirectory(const std::string& directory) {
  const std::lock_guard call(calls_);
  content_.names.syncDirectory(directory);
  collect();
  if (watch_ != nullptr) watch_->onNamesSynced(directory);
}

void FakeFileSystem::cut(ports::Random* chance) {
  chance == nullptr ? content_.names.cut() : content_.names.cut(*chance);
  const Bytes remnant = content_.remnant;
  collect();
  for (auto& [id, file] : content_.files)
    chance == nullptr ? file.cut() : file.cut(*chance, remnant);
  if (watch_ != nullptr) watch_->onCut();
}

std::vector<std::uint64_t> FakeFileSystem::pendingSectors() const {
  std::vector<std::uint64_t> all(content_.names.unsynced(), 1);
  for (const auto& [id, file] : content_.files)
    for (const std::uint64_t sectors : file.unsyncedSectors()) all.push_back(sectors);
  return all;
}

void FakeFileSystem::cut(std::span<const Survival> survivals) {
  const std::size_t names = content_.names.unsynced();
  std::span<const Survival> left = survivals.subspan(names);
  for (auto& [id, file] : content_.files) {
    const std::size_t own = file.unsyncedSectors().size();
    file.cut(left.first(own));
    left = left.subspan(own);
  }
  content_.names.cut(survivals.first(names));
  collect();
  if (watch_ != nullptr) watch_->onCut();
}

void FakeFileSystem::collect() {
  std::erase_if(content_.files, [this](const auto& entry) {
    if (content_.names.isHeld(entry.first)) return false;
    if (!entry.second.durable().empty()) content_.remnant = entry.second.durable();
    return true;
  });
}

}  // namespace henge::kit

#include "tests/kit/fake_names.h"

#include <algorithm>
#include <cassert>

namespace henge::kit {

namespace {

std::optional<FakeNames::FileId> findIn(const std::map<std::string, FakeNames::FileId>& files,
                                        const std::string& path) {
  const auto found = files.find(path);
  if (found == files.end()) return std::nullopt;
  return found->second;
}

bool leadsTo(const std::map<std::string, FakeNames::FileId>& files, FakeNames::FileId id) {
  return std::ranges::any_of(files, [id](const auto& entry) { return entry.second == id; });
}

}  // namespace

std::string directoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::optional<FakeNames::FileId> FakeNames::find(const std::string& path) const {
  return findIn(files_, path);
}

std::optional<FakeNames::FileId> FakeNames::findDurable(const std::string& path) const {
  return findIn(durableFiles_, path);
}

bool FakeNames::isHeld(FileId id) const {
  return leadsTo(files_, id) || leadsTo(durableFiles_, id) ||
         std::ranges::any_of(pending_, [id](const Change& change) { return change.id == id; });
}

void FakeNames::link(const std::string& path, FileId id) { change({path, "", id, false}); }

void FakeNames::unlink(const std::string& path) { change({path, "", 0, false}); }

void FakeNames::rename(const std::string& from, const std::string& to) {
  if (from != to) change({to, from, files_.at(from), false});
}

void FakeNames::makeDirectory(const std::string& path) { change({path, "", 0, true}); }

void FakeNames::change(Change change) {
  apply(change, files_, directories_);
  pending_.push_back(std::move(change));
}

void FakeNames::apply(const Change& change, std::map<std::string, FileId>& files,
                      std::set<std::string>& directories) {
  if (change.directory) {
    directories.insert(change.path);
    return;
  }
  if (!change.from.empty() && findIn(files, change.from) == change.id) files.erase(change.from);
  if (change.id == 0)
    files.erase(change.path);
  else
    files[change.path] = change.id;
}

void FakeNames::syncDirectory(const std::string& directory) {
  std::erase_if(pending_, [&](const Change& change) {
    const bool ofIt = directoryOf(change.path) == directory ||
                      (!change.from.empty() && directoryOf(change.from) == directory);
    if (ofIt) apply(change, durableFiles_, durableDirectories_);
    return ofIt;
  });
}

void FakeNames::cut(ports::Random& chance) {
  for (const Change& change : pending_)
    if (chance.below(2) == 0) apply(change, durableFiles_, durableDirectories_);
  cut();
}

void FakeNames::cut(std::span<const Survival> survivals) {
  assert(survivals.size() == pending_.size());
  auto survival = survivals.begin();
  for (const Change& change : pending_)
    if (survival++->whole()) apply(change, durableFiles_, durableDirectories_);
  cut();
}

void FakeNames::cut() {
  pending_.clear();
  dropOrphans();
  files_ = durableFiles_;
  directories_ = durableDirectories_;
}

// What lies in a directory whose own name was lost.
void FakeNames::dropOrphans() {
  const auto lost = [this](const std::string& path) {
    const std::string above = directoryOf(path);
    return !above.empty() && !durableDirectories_.contains(above);
  };
  // Ascending, so that a directory goes before what is in it.
  std::erase_if(durableDirectories_, lost);
  std::erase_if(durableFiles_, [&](const auto& entry) { return lost(entry.first); });
}

void FakeNames::put(const std::string& path, FileId id) {
  for (std::string above = directoryOf(path); !above.empty(); above = directoryOf(above)) {
    directories_.insert(above);
    durableDirectories_.insert(above);
  }
  files_[path] = durableFiles_[path] = id;
}

void FakeNames::erase(const std::string& path) {
  files_.erase(path);
  durableFiles_.erase(path);
}

}  // namespace henge::kit

#include "server/storage/quarantine.h"

#include <algorithm>
#include <cassert>

#include "server/storage/damage_note.h"
#include "server/storage/segment_names.h"

namespace henge::storage {

void Quarantine::read() {
  disk_.list(expect(Word::listed), *this, quarantineDirectory(options_.owner.shard));
}

void Quarantine::onListed(const ports::DiskResult& result) {
  if (!result.status) {
    const bool none = result.status.error().kind == ErrorKind::notFound;
    return sink_.onQuarantine(none ? Status() : result.status);
  }
  for (const ports::DirectoryEntry& entry : result.entries) {
    files_.push_back(pathOf(entry.name));
    const auto segment = segmentOfNote(entry.name);
    if (!segment) continue;
    if (damage_.size() + words_.size() < notesReadMax) {
      disk_.read(expect(Word::read, pathOf(segmentName(*segment))), *this, files_.back(), 0,
                 noteBytesMax);
    } else {
      damage_.push_back(decodeDamageNote("", pathOf(segmentName(*segment))));
    }
  }
  if (!busy()) sink_.onQuarantine({});
}

void Quarantine::note(const LogDamage& damage) {
  const std::string name = damage.file.substr(damage.file.rfind('/') + 1);
  const std::uint64_t segment = segmentOfName(name).value_or(0);
  if (isNoted(segment)) return;
  damage_.push_back(damage);
  disk_.makeDirectory(expect(Word::made), *this, quarantineDirectory(options_.owner.shard));
  disk_.replace(expect(Word::noted), *this, notePath(segment), encodeDamageNote(damage));
}

void Quarantine::setAside(std::uint64_t segment) {
  const std::string name = segmentName(segment);
  disk_.rename(expect(Word::moved), *this, logDirectory(options_.owner.shard) + "/" + name,
               pathOf(name));
}

bool Quarantine::isNoted(std::uint64_t segment) const {
  const std::string name = "/" + segmentName(segment);
  return std::any_of(damage_.begin(), damage_.end(),
                     [&](const LogDamage& damage) { return damage.file.ends_with(name); });
}

void Quarantine::acceptAll() {
  for (const LogDamage& damage : damage_) {
    const std::string name = damage.file.substr(damage.file.rfind('/') + 1);
    const std::uint64_t segment = segmentOfName(name).value_or(0);
    disk_.rename(expect(Word::accepted, notePath(segment)), *this, notePath(segment),
                 pathOf(acceptedNoteName(segment)));
  }
  damage_.clear();
}

void Quarantine::onDisk(OpId op, ports::DiskResult result) {
  const auto found = words_.find(op);
  assert(found != words_.end());
  const Awaited awaited = std::move(found->second);
  words_.erase(found);
  if (awaited.word == Word::listed) return onListed(result);
  if (awaited.word == Word::accepted) {
    if (!result.status)
      events_.note(ports::Severity::error, "log: accepted damage stands again at the next start: " +
                                               result.status.error().message);
    return;
  }
  if (!result.status) return sink_.onQuarantine(result.status);
  if (awaited.word == Word::read) damage_.push_back(decodeDamageNote(result.bytes, awaited.path));
  if (!busy()) sink_.onQuarantine({});
}

OpId Quarantine::expect(Word word, const std::string& path) {
  const OpId op{++lastOp_};
  words_.emplace(op, Awaited{word, path});
  return op;
}

std::string Quarantine::pathOf(const std::string& name) const {
  return quarantineDirectory(options_.owner.shard) + "/" + name;
}

std::string Quarantine::notePath(std::uint64_t segment) const { return pathOf(noteName(segment)); }

}  // namespace henge::storage

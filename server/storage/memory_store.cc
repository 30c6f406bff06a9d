#include "server/storage/memory_store.h"

#include <cassert>
#include <iterator>

namespace henge::storage {

namespace {

std::optional<Bytes> valueIn(const std::map<Bytes, Bytes, std::less<>>& map, BytesView key) {
  auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

std::uint64_t bytesOf(const ports::StoreBatch& batch) {
  std::uint64_t bytes = 0;
  for (const ports::StoreEntry& entry : batch)
    bytes += entry.key.size() + (entry.value ? entry.value->size() : 0);
  return bytes;
}

}  // namespace

MemoryStore::MemoryStore(ports::Timers& timers, const ports::Clock& clock,
                         MemoryStoreOptions options)
    : timers_(timers), clock_(clock), options_(options) {}

std::optional<std::optional<Bytes>> MemoryStore::getCached(BytesView key) {
  if (!options_.answersCached) return std::nullopt;
  return valueIn(visible_, key);
}

void MemoryStore::get(OpId op, ports::StoreSink& sink, Bytes key) {
  Answer answer{op, &sink};
  answer.result.value = valueIn(visible_, key);
  answerLater(std::move(answer));
}

void MemoryStore::getPersisted(OpId op, ports::StoreSink& sink, Bytes key) {
  Answer answer{op, &sink};
  answer.result.value = valueIn(persisted_, key);
  answerLater(std::move(answer));
}

void MemoryStore::write(OpId op, ports::StoreSink& sink, ports::StoreBatch batch) {
  apply(batch);
  unflushedBytes_ += bytesOf(batch);
  unflushed_.push_back(std::move(batch));
  while (unflushed_.size() > options_.unflushedBatchesMax) persistTo(persistedBatches_ + 1);
  answerLater({op, &sink});
}

void MemoryStore::flush(OpId op, ports::StoreSink& sink) {
  Answer answer{op, &sink};
  answer.flushesTo = persistedBatches_ + unflushed_.size();
  answerLater(std::move(answer));
}

void MemoryStore::scan(OpId op, ports::StoreSink& sink, Bytes from, Bytes to,
                       std::size_t entriesMax, std::size_t bytesMax) {
  Answer answer{op, &sink};
  std::size_t bytes = 0;
  for (auto at = visible_.lower_bound(from); at != visible_.end(); ++at) {
    bool ends = (!to.empty() && at->first >= to) || answer.result.entries.size() >= entriesMax;
    if (ends || bytes >= bytesMax) break;
    bytes += at->first.size() + at->second.size();
    answer.result.entries.push_back({at->first, at->second});
  }
  answerLater(std::move(answer));
}

// What is on its way was asked of the store before: of that nothing is believed.
void MemoryStore::reopen(OpId op, ports::StoreSink& sink) {
  for (auto& [token, answer] : answers_) {
    answer.result.status = Error{ErrorKind::rebuilding, "the store is being opened anew"};
    answer.flushesTo = 0;
  }
  loseUnflushed(0);
  answerLater({op, &sink});
}

std::uint64_t MemoryStore::approximateEntries(BytesView from, BytesView to) const {
  if (!to.empty() && to <= from) return 0;
  auto last = to.empty() ? visible_.end() : visible_.lower_bound(to);
  return static_cast<std::uint64_t>(std::distance(visible_.lower_bound(from), last));
}

void MemoryStore::crash(std::size_t kept) {
  loseUnflushed(kept);
  answers_.clear();
}

void MemoryStore::loseUnflushed(std::size_t kept) {
  assert(kept <= unflushed_.size());
  persistTo(persistedBatches_ + kept);
  persistedBatches_ += unflushed_.size();
  unflushed_.clear();
  unflushedBytes_ = 0;
  visible_ = persisted_;
  bytes_ = 0;
  for (const auto& [key, value] : visible_) bytes_ += key.size() + value.size();
}

void MemoryStore::replaceAll(Map contents) {
  assert(unflushed_.empty() && answers_.empty());
  persisted_ = std::move(contents);
  crash(0);
}

void MemoryStore::answerLater(Answer answer) {
  std::uint64_t token = nextToken_++;
  answers_.emplace(token, std::move(answer));
  if (options_.latency == Duration{})
    timers_.atRoundEnd(*this, token);
  else
    timers_.wakeAt(clock_.now() + options_.latency, *this, token);
}

void MemoryStore::onTimer(std::uint64_t token) {
  auto found = answers_.find(token);
  if (found == answers_.end()) return;
  Answer answer = std::move(found->second);
  answers_.erase(found);
  persistTo(answer.flushesTo);
  answer.sink->onStore(answer.op, std::move(answer.result));
}

void MemoryStore::apply(const ports::StoreBatch& batch) {
  for (const ports::StoreEntry& entry : batch) {
    if (auto held = visible_.find(entry.key); held != visible_.end())
      bytes_ -= held->first.size() + held->second.size();
    if (entry.value) bytes_ += entry.key.size() + entry.value->size();
    applyTo(visible_, {entry});
  }
}

void MemoryStore::persistTo(std::uint64_t batch) {
  while (persistedBatches_ < batch && !unflushed_.empty()) {
    applyTo(persisted_, unflushed_.front());
    unflushedBytes_ -= bytesOf(unflushed_.front());
    unflushed_.pop_front();
    ++persistedBatches_;
  }
}

void MemoryStore::applyTo(Map& map, const ports::StoreBatch& batch) {
  for (const ports::StoreEntry& entry : batch) {
    if (entry.value)
      map[entry.key] = *entry.value;
    else
      map.erase(entry.key);
  }
}

}  // namespace henge::storage

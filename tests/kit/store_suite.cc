#include "tests/kit/store_suite.h"

#include <algorithm>

namespace henge::kit {

namespace {

constexpr int pumpsMax = 1'000'000;
constexpr std::size_t keysMax = 40;  // few, so that operations meet

Bytes printable(const std::optional<Bytes>& value) {
  return value ? "x'" + toHex(BytesView(*value).substr(0, 16)) + "'" : "nothing";
}

std::string differ(const std::string& what, const std::optional<Bytes>& is,
                   const std::optional<Bytes>& should) {
  return what + " is " + printable(is) + ", should be " + printable(should);
}

std::optional<Bytes> in(const std::map<Bytes, Bytes>& model, const Bytes& key) {
  auto found = model.find(key);
  if (found == model.end()) return std::nullopt;
  return found->second;
}

void applyTo(std::map<Bytes, Bytes>& model, const ports::StoreBatch& batch) {
  for (const ports::StoreEntry& entry : batch) {
    if (entry.value)
      model[entry.key] = *entry.value;
    else
      model.erase(entry.key);
  }
}

}  // namespace

StoreSuite::StoreSuite(StoreUnderTest& subject, std::uint64_t seed)
    : subject_(subject), chance_(seed), history_(1) {}

std::optional<std::string> StoreSuite::run(int operations) {
  for (int i = 0; i < operations; ++i) {
    std::string wrong = play(static_cast<int>(pick(100)));
    if (!wrong.empty()) return "operation " + std::to_string(i) + ": " + wrong;
  }
  return std::nullopt;
}

std::string StoreSuite::play(int choice) {
  if (choice < 35) return playWrite();
  if (choice < 40) return playBurst();
  if (choice < 60) return playGet();
  if (choice < 70) return playGetPersisted();
  if (choice < 88) return playScan();
  if (choice < 95) return playFlush();
  return playReopen();
}

void StoreSuite::onStore(OpId op, ports::StoreResult result) {
  results_.emplace(op, std::move(result));
}

ports::StoreResult StoreSuite::wait() {
  OpId op{lastOp_};
  for (int i = 0; i < pumpsMax && !results_.contains(op); ++i) subject_.pump();
  auto found = results_.find(op);
  ports::StoreResult result;
  result.status = Error{ErrorKind::timeout, "no answer to the operation"};
  if (found == results_.end()) return result;
  result = std::move(found->second);
  results_.erase(found);
  return result;
}

// Short and long, with NUL and 0xff, some the prefix of others.
Bytes StoreSuite::anyKey() {
  std::size_t n = pick(keysMax);
  Bytes key(1 + n % 4, static_cast<char>(n * 7));
  if (n % 5 == 0) key.push_back('\0');
  if (n % 7 == 0) key.append(200, '\xff');
  key.push_back(static_cast<char>(n));
  return key;
}

ports::StoreBatch StoreSuite::anyBatch() {
  ports::StoreBatch batch;
  for (std::size_t i = 0, n = 1 + pick(6); i < n; ++i) {
    Bytes key = anyKey();
    if (pick(4) == 0)
      batch.push_back({key, std::nullopt});
    else
      batch.push_back(
          {key, Bytes(pick(20) == 0 ? 20'000 : pick(30), static_cast<char>(pick(256)))});
  }
  return batch;
}

std::string StoreSuite::playWrite() {
  ports::StoreBatch batch = anyBatch();
  history_.push_back(now());
  applyTo(history_.back(), batch);
  subject_.store().write(begin(), *this, std::move(batch));
  auto result = wait();
  return result.status.ok() ? "" : "write: " + result.status.error().message;
}

// Several on their way at once: they count in the order of the calls.
std::string StoreSuite::playBurst() {
  std::size_t batches = 2 + pick(4);
  for (std::size_t i = 0; i < batches; ++i) {
    ports::StoreBatch batch = anyBatch();
    history_.push_back(now());
    applyTo(history_.back(), batch);
    subject_.store().write(begin(), *this, std::move(batch));
  }
  auto result = wait();
  for (const auto& [op, earlier] : results_)
    if (!earlier.status.ok()) return "write of many: " + earlier.status.error().message;
  if (results_.size() != batches - 1) return "writes ended out of order";
  results_.clear();
  return result.status.ok() ? "" : "last write of many: " + result.status.error().message;
}

std::string StoreSuite::playGet() {
  Bytes key = anyKey();
  auto should = in(now(), key);
  if (auto cached = subject_.store().getCached(key); cached && *cached != should)
    return differ("cached " + printable(key), *cached, should);
  subject_.store().get(begin(), *this, key);
  auto result = wait();
  if (!result.status.ok()) return "get: " + result.status.error().message;
  return result.value == should ? "" : differ("get of " + printable(key), result.value, should);
}

std::string StoreSuite::playGetPersisted() {
  Bytes key = anyKey();
  subject_.store().getPersisted(begin(), *this, key);
  auto result = wait();
  if (!result.status.ok()) return "getPersisted: " + result.status.error().message;
  bool known = std::any_of(history_.begin(), history_.end(),
                           [&](const Model& model) { return in(model, key) == result.value; });
  return known ? "" : differ("persisted " + printable(key), result.value, in(now(), key));
}

std::string StoreSuite::playScan() {
  Bytes from = pick(3) == 0 ? Bytes() : anyKey();
  Bytes to = pick(3) == 0 ? Bytes() : anyKey();
  std::size_t entriesMax = 1 + pick(12);
  std::size_t bytesMax = pick(3) == 0 ? 1 + pick(3000) : 1'000'000;
  subject_.store().scan(begin(), *this, from, to, entriesMax, bytesMax);
  auto result = wait();
  if (!result.status.ok()) return "scan: " + result.status.error().message;

  auto at = now().lower_bound(from);
  auto ends = [&] { return at == now().end() || (!to.empty() && at->first >= to); };
  std::size_t bytes = 0;
  for (const ports::StoreEntry& entry : result.entries) {
    if (ends()) return "scan goes too far: " + printable(entry.key);
    if (entry.key != at->first) return differ("scan's next key", entry.key, at->first);
    if (entry.value != at->second) return differ("scan's value", entry.value, at->second);
    bytes += entry.key.size() + entry.value->size();
    ++at;
  }
  if (result.entries.size() > entriesMax) return "scan brings more entries than asked for";
  if (ends() || result.entries.size() == entriesMax) return "";
  if (result.entries.empty()) return "scan brings nothing though there is something";
  std::size_t next = at->first.size() + at->second.size();
  return bytes + next >= bytesMax ? "" : "scan ends too early";
}

std::string StoreSuite::playFlush() {
  subject_.store().flush(begin(), *this);
  auto result = wait();
  if (!result.status.ok()) return "flush: " + result.status.error().message;
  history_ = {now()};
  Bytes key = anyKey();
  subject_.store().getPersisted(begin(), *this, key);
  result = wait();
  if (!result.status.ok()) return "getPersisted: " + result.status.error().message;
  return result.value == in(now(), key)
             ? ""
             : differ("persisted after a flush", result.value, in(now(), key));
}

std::string StoreSuite::playReopen() {
  subject_.reopen();
  subject_.store().scan(begin(), *this, "", "", 1'000'000, 1'000'000'000);
  auto result = wait();
  if (!result.status.ok()) return "scan after a reopen: " + result.status.error().message;
  Model held;
  for (ports::StoreEntry& entry : result.entries)
    held.emplace(std::move(entry.key), *std::move(entry.value));
  auto found = std::find(history_.rbegin(), history_.rend(), held);
  if (found == history_.rend()) return "after a reopen the store holds what it never held";
  history_ = {held};
  return "";
}

}  // namespace henge::kit

#include "server/node/key_census.h"

namespace henge::node {

namespace {
constexpr OpId pageOp{1};
constexpr std::size_t pageRecords = 1000;
constexpr std::size_t pageBytes = 1 << 20;
}  // namespace

KeyCensus::KeyCensus(NodeId self, std::shared_ptr<const Ring> ring, const ports::Clock& clock,
                     ports::Timers& timers, ports::Storage& storage)
    : self_(self), ring_(std::move(ring)), clock_(clock), timers_(timers), storage_(storage) {}

void KeyCensus::start() { onTimer(0); }

void KeyCensus::onTimer(std::uint64_t) {
  timers_.wakeAt(clock_.now() + period, *this, 0);
  const std::uint64_t written = storage_.status().records;
  if (counting_ || written == countedAt_) return;
  countedAt_ = written;
  if (storage_.approximateRecords("", "") > exactMax) return estimate();
  counting_ = true;
  countedKeys_ = 0;
  countedOwned_ = ownedAtZero();
  askPage("");
}

void KeyCensus::onScanned(OpId, Result<std::vector<Record>> page, bool more) {
  if (!page.ok()) {  // the storage says why in its own event line; the last count stays
    counting_ = false;
    return;
  }
  for (const Record& record : *page) {
    if (record.isTombstone()) continue;
    ++countedKeys_;
    const RingRange& range = ring_->rangeOf(record.key);
    if (range.replicas.front() == self_) ++countedOwned_[toHex(range.first)];
  }
  if (more && !page->empty()) {
    return askPage(orderedKey(ring_->cluster().partitioner, page->back().key) + '\0');
  }
  counting_ = false;
  keys_ = countedKeys_;
  owned_ = countedOwned_;
}

void KeyCensus::estimate() {
  keys_ = storage_.approximateRecords("", "");
  owned_ = ownedAtZero();
  for (const RingRange& range : ring_->ranges()) {
    if (range.replicas.front() == self_) owned_[toHex(range.first)] = approximate(range);
  }
}

void KeyCensus::askPage(Bytes from) {
  storage_.scan(pageOp, *this, std::move(from), "", pageRecords, pageBytes);
}

std::uint64_t KeyCensus::approximate(const RingRange& range) const {
  if (range.first < range.end) return storage_.approximateRecords(range.first, range.end);
  const std::uint64_t tail = storage_.approximateRecords(range.first, "");
  return range.end.empty() ? tail : tail + storage_.approximateRecords("", range.end);
}

std::map<std::string, std::uint64_t> KeyCensus::ownedAtZero() const {
  std::map<std::string, std::uint64_t> zero;
  for (const RingRange& range : ring_->ranges()) {
    if (range.replicas.front() == self_) zero[toHex(range.first)] = 0;
  }
  return zero;
}

}  // namespace henge::node

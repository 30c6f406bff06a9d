#include "server/node/key_census.h"

namespace henge::node {

namespace {
constexpr OpId pageOp{1};
constexpr std::size_t pageRecords = 1000;
constexpr std::size_t pageBytes = 1 << 20;
constexpr Duration estimatePause = 1_ms;
}  // namespace

KeyCensus::KeyCensus(NodeId self, std::shared_ptr<const Ring> ring, const ports::Clock& clock,
                     ports::Timers& timers, ports::Storage& storage)
    : self_(self), ring_(std::move(ring)), clock_(clock), timers_(timers), storage_(storage) {}

void KeyCensus::start() { look(); }

void KeyCensus::onTimer(std::uint64_t token) {
  token == static_cast<std::uint64_t>(Wake::look) ? look() : estimateNext();
}

void KeyCensus::look() {
  timers_.wakeAt(clock_.now() + period, *this, static_cast<std::uint64_t>(Wake::look));
  const std::uint64_t written = storage_.status().records;
  if (counting_ || written == countedAt_) return;
  countedAt_ = written;
  counting_ = true;
  countedKeys_ = 0;
  countedOwned_ = ownedAtZero();
  const std::uint64_t records = storage_.approximateRecords("", "");
  if (records <= exactMax) return askPage("");
  countedKeys_ = records;
  nextRange_ = 0;
  estimateNext();
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
  publish();
}

void KeyCensus::publish() {
  counting_ = false;
  keys_ = countedKeys_;
  owned_ = countedOwned_;
}

void KeyCensus::estimateNext() {
  const auto& ranges = ring_->ranges();
  while (nextRange_ < ranges.size() && ranges[nextRange_].replicas.front() != self_) ++nextRange_;
  if (nextRange_ == ranges.size()) return publish();
  const RingRange& range = ranges[nextRange_++];
  countedOwned_[toHex(range.first)] = approximate(range);
  timers_.wakeAt(clock_.now() + estimatePause, *this,
                 static_cast<std::uint64_t>(Wake::estimateNext));
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

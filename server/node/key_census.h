// How many keys lie in which range of the ring: for `status` and `ring`.
#pragma once

#include <map>
#include <memory>

#include "core/ring.h"
#include "server/ports/clock.h"
#include "server/ports/storage.h"
#include "server/ports/timers.h"

namespace henge::node {

// Counts what this node holds: exactly, page by page, while that is at most `exactMax` records;
// else by the storage's estimates, one range a millisecond, for the storage looks at up to a
// thousand entries for each. Looks again every two seconds, if anything was written since.
// Thread: the loop's. Lives as long as the node.
class KeyCensus final : public ports::ScanSink, public ports::TimerSink {
 public:
  static constexpr std::uint64_t exactMax = 10'000;
  static constexpr Duration period{2'000'000};

  KeyCensus(NodeId self, std::shared_ptr<const Ring> ring, const ports::Clock& clock,
            ports::Timers& timers, ports::Storage& storage);

  void start();

  std::uint64_t keys() const { return keys_; }
  // Of the ranges this node owns, by hex of the range's first token.
  const std::map<std::string, std::uint64_t>& ownedRanges() const { return owned_; }

 private:
  enum class Wake : std::uint64_t { look, estimateNext };
  void onTimer(std::uint64_t token) override;
  void look();
  void onScanned(OpId op, Result<std::vector<Record>> page, bool more) override;
  void estimateNext();
  void askPage(Bytes from);
  void publish();
  std::uint64_t approximate(const RingRange& range) const;
  std::map<std::string, std::uint64_t> ownedAtZero() const;

  const NodeId self_;
  const std::shared_ptr<const Ring> ring_;
  const ports::Clock& clock_;
  ports::Timers& timers_;
  ports::Storage& storage_;

  std::uint64_t keys_ = 0;
  std::map<std::string, std::uint64_t> owned_;

  bool counting_ = false;  // a count is under way, in the three below
  std::uint64_t countedKeys_ = 0;
  std::map<std::string, std::uint64_t> countedOwned_;
  std::size_t nextRange_ = 0;        // of the ring's, to be estimated
  std::uint64_t countedAt_ = ~0ULL;  // records the storage had taken when it was last counted
};

}  // namespace henge::node

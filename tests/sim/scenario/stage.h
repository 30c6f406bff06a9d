// The machines of a story: a cluster in one thread, to which happens only what the story says.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/cluster.h"
#include "tests/sim/net/sim_net.h"
#include "tests/sim/plan/settings.h"
#include "tests/sim/scenario/call.h"
#include "tests/sim/scenario/names.h"
#include "tests/sim/world/event_heap.h"
#include "tests/sim/world/machine.h"

namespace henge::sim {

// One seed, latencies that do not vary, clocks that agree; a disk call takes `diskCall`.
Settings storySettings();
inline constexpr Duration diskCall = 5_us;

// Nothing ends by itself without a word: news() tells of it. Thread: the one there is.
class Stage final : private MachineWatch, private ports::StoreSink {
 public:
  explicit Stage(const Settings& settings);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  std::uint32_t nodes() const { return static_cast<std::uint32_t>(machines_.size()); }
  Machine& machine(std::uint32_t node) { return *machines_[node]; }
  const henge::Cluster& cluster() const { return cluster_; }
  EventHeap& heap() { return heap_; }
  SimNet& net() { return net_; }
  Names& names() { return names_; }

  // For so long, or until `done` says so; whether it has said so.
  bool run(Duration time, const std::function<bool()>& done = nullptr);

  // Processes. Links of those that serve come up, and what they then know of each other is on disk,
  // within `settleMax`; what does not come about is told.
  static constexpr Duration settleMax = 5_s;
  void start(const std::vector<std::uint32_t>& nodes);
  void kill(std::uint32_t node);
  void cutPower(const std::vector<std::uint32_t>& nodes);
  void stop(std::uint32_t node);  // and waits for the end

  // Nothing comes from one to the other, until heal().
  void cut(std::uint32_t from, std::uint32_t to);
  void heal();

  // The call stays here to the end of the story.
  Call& begin(Ask ask, std::uint32_t node);
  void await(const Call& call);

  void keepBackup(std::uint32_t node);
  bool putBack(std::uint32_t node);  // false: there is no copy

  // The store writes out what it holds in memory, as engines do when they think fit: the node above
  // it is not told. Precondition: the process runs.
  void flushStore(std::uint32_t node);

  // What a running node would answer of a key, seen from above.
  std::optional<Record> held(std::uint32_t node, const Bytes& key);
  // Event lines since the last time they were taken.
  std::vector<std::string> takeLines(std::uint32_t node);
  // What has ended by itself, or would not begin.
  std::vector<std::string> takeNews() { return std::exchange(news_, {}); }

 private:
  void onServing(std::uint32_t) override {}
  void onEnded(std::uint32_t node, ports::ExitCode code) override;
  void onLine(std::uint32_t node, const std::string& line) override;
  void onWritten(std::uint32_t, DirectoryId, const std::string&, std::uint64_t,
                 BytesView) override {}
  void onSynced(std::uint32_t, const std::string&) override {}

  void onStore(OpId, ports::StoreResult) override {}

  void clearAway();
  bool awaitsLink(std::uint32_t from, std::uint32_t to);
  bool isSettled(const std::vector<std::uint32_t>& nodes);
  void tellUnsettled(const std::vector<std::uint32_t>& nodes);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> missingLinks();

  const henge::Cluster cluster_;
  const KeyTable noKeys_;
  EventHeap heap_;
  SimNet net_;
  Names names_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::unique_ptr<ports::Network> clientNet_;
  std::vector<std::unique_ptr<Call>> calls_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> cuts_;
  std::map<std::uint32_t, Backup> backups_;
  std::vector<std::vector<std::string>> lines_;  // by node, not yet taken
  std::set<std::uint32_t> ending_;               // asked to: their end is no news
  std::vector<std::string> news_;
};

}  // namespace henge::sim

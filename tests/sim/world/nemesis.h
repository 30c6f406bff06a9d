// Makes the faults of the list happen, and ends them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "tests/sim/plan/fault.h"
#include "tests/sim/world/machine.h"

namespace henge::sim {

class World;

// Processes that die are started again: by the fault that ended them once its time is over, or,
// like by any service manager, soon after they have ended by themselves.
class Nemesis final : private ports::TimerSink {
 public:
  static constexpr Duration restartAfter = 300_ms;

  Nemesis(World& world, std::vector<Fault> faults);

  void begin();
  // Everything is well again from now on: links, disks, clocks' speed; all processes run or start.
  void healAll();
  void onEnded(std::uint32_t node);  // by itself
  bool isHealed() const { return healed_; }

 private:
  using Action = std::function<void()>;
  struct Pair {
    HostId from, to;
    friend auto operator<=>(const Pair&, const Pair&) = default;
  };

  void onTimer(std::uint64_t token) override;
  void later(Duration after, Action action);
  void apply(const Fault& fault);
  bool applyToProcess(const Fault& fault);
  bool applyToNet(const Fault& fault);
  bool applyToStreams(const Fault& fault);
  bool applyToDisk(const Fault& fault);
  void applyToClock(const Fault& fault);
  void applyDamage(const Fault& fault);
  bool damageIsFair(std::uint32_t node);
  // True: something may be lost by it.
  bool damageFiles(const Fault& fault, Machine& machine);
  static bool storeHolds(const Machine& machine, const std::string& segmentPath);
  void takeBackup(std::size_t fault);

  void end(std::uint32_t node, Death death, Duration down);
  void startDue(std::uint32_t node);
  void cut(const std::vector<Pair>& pairs, Duration lasts);
  void uncut(const std::vector<Pair>& pairs);
  void swizzle(const Fault& fault);
  std::vector<Pair> bothWays(const std::vector<HostId>& some,
                             const std::vector<HostId>& others) const;
  std::vector<HostId> nodesFrom(std::uint32_t first, std::uint32_t end) const;
  std::vector<HostId> others(std::uint32_t node, bool clientsToo) const;
  HostId streamEnd(const Fault& fault) const;
  Machine& machine(std::uint32_t node);
  Settings otherLimits(std::int64_t lot) const;

  World& world_;
  const std::vector<Fault> faults_;
  Chance chance_;
  MonoTime began_;
  bool healed_ = false;
  std::uint64_t lastToken_ = 0;
  std::map<std::uint64_t, Action> actions_;
  std::map<Pair, int> cuts_;  // how many faults cut it
  std::vector<MonoTime> downUntil_;
  std::set<std::uint32_t> unsettled_;      // damaged, and not yet up again for everybody
  std::map<std::size_t, Backup> backups_;  // by the fault that will put them back
};

}  // namespace henge::sim

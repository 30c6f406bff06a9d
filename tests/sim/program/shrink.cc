#include "tests/sim/program/shrink.h"

#include <algorithm>
#include <vector>

#include "tests/sim/program/delta_debugging.h"
#include "tests/sim/program/fitting.h"

namespace henge::sim {

namespace {

using Field = std::int64_t Settings::*;

constexpr Duration faultsFrom = 1_s;  // the first fault need not come before

// Made smaller as far as it goes, or, like the seed, what it is; all others go back to the default.
bool isSize(Field field) {
  for (const Field size : {&Settings::seed, &Settings::faultsMs, &Settings::nodes,
                           &Settings::replication, &Settings::clients, &Settings::keys}) {
    if (field == size) return true;
  }
  return false;
}

class Shrinker {
 public:
  Shrinker(const FailingCase& found, const StillFails& stillFails,
           const std::function<bool()>& timeIsUp)
      : rest_(found), stillFails_(stillFails), timeIsUp_(timeIsUp) {}

  // Each step leaves something out, so there is an end. First what makes each run shorter.
  Shrunk run() {
    do {
      changed_ = false;
      shorten();
      bringFaultsForward();
      reduceSizes();
      dropSettings();
      leaveFaultsOut();
    } while (changed_ && !gaveUp_);
    return {rest_, tried_, !gaveUp_};
  }

 private:
  bool accept(Case candidate) {
    gaveUp_ = gaveUp_ || timeIsUp_();
    if (gaveUp_) return false;
    fitFaults(candidate);
    ++tried_;
    std::optional<FailingCase> fails = stillFails_(candidate);
    if (!fails) return false;
    rest_ = std::move(*fails);
    changed_ = true;
    return true;
  }

  bool acceptWith(Field field, std::int64_t value) {
    Case candidate = rest_.what;
    candidate.settings.*field = value;
    return accept(std::move(candidate));
  }

  // To just beyond the violation, if that is worth another round; one that comes when all was
  // healed may come after half the time.
  void shorten() {
    const std::int64_t beyond = rest_.finding.at.micros / 1000 + 1;
    if (beyond < rest_.what.settings.faultsMs * 9 / 10) acceptWith(&Settings::faultsMs, beyond);
    while (rest_.what.settings.faultsMs > 1 &&
           acceptWith(&Settings::faultsMs, rest_.what.settings.faultsMs / 2)) {
    }
  }

  void leaveFaultsOut() {
    leaveOut<Fault>(rest_.what.faults, [this](const std::vector<Fault>& faults) {
      Case candidate = rest_.what;
      candidate.faults = faults;
      return accept(std::move(candidate));
    });
  }

  // All of them: at first to when it all begins, then closer together.
  void bringFaultsForward() {
    if (rest_.what.faults.empty()) return;
    const Duration early{rest_.what.faults.front().at.micros - faultsFrom.micros};
    if (early >= 1_s) acceptEarlier([early](std::int64_t at) { return at - early.micros; });
    while (rest_.what.faults.back().at >= 4_s &&
           acceptEarlier([](std::int64_t at) { return at / 2; })) {
    }
  }

  bool acceptEarlier(const std::function<std::int64_t(std::int64_t)>& earlier) {
    Case candidate = rest_.what;
    for (Fault& fault : candidate.faults) fault.at.micros = earlier(fault.at.micros);
    const std::int64_t faultsMs = earlier(candidate.settings.faultsMs * 1000) / 1000;
    candidate.settings.faultsMs = std::max<std::int64_t>(1, faultsMs);
    return accept(std::move(candidate));
  }

  void reduceSizes() {
    // An even replication is never drawn, so it is no simpler case of what was.
    for (const std::int64_t replication : {1, 3}) {
      if (replication >= rest_.what.settings.replication) break;
      if (acceptWith(&Settings::replication, replication)) break;
    }
    reduce(&Settings::nodes, rest_.what.settings.replication);
    reduce(&Settings::clients, 1);
    reduce(&Settings::keys, 1);
  }

  void reduce(Field field, std::int64_t least) {
    const auto now = [&] { return rest_.what.settings.*field; };
    if (now() <= least || acceptWith(field, least)) return;
    while (now() / 2 > least && acceptWith(field, now() / 2)) {
    }
    while (now() - 1 > least && acceptWith(field, now() - 1)) {
    }
  }

  void dropSettings() {
    static const Settings defaults;
    std::vector<Field> own;
    for (const auto& [name, field] : settingNames()) {
      if (!isSize(field) && rest_.what.settings.*field != defaults.*field) own.push_back(field);
    }
    leaveOut<Field>(own, [&](const std::vector<Field>& kept) {
      Case candidate = rest_.what;
      for (const Field field : own) {
        if (std::find(kept.begin(), kept.end(), field) != kept.end()) continue;
        candidate.settings.*field = defaults.*field;
      }
      return accept(std::move(candidate));
    });
  }

  FailingCase rest_;
  const StillFails& stillFails_;
  const std::function<bool()>& timeIsUp_;
  std::uint64_t tried_ = 0;
  bool changed_ = false;
  bool gaveUp_ = false;
};

}  // namespace

Shrunk shrink(const FailingCase& found, const StillFails& stillFails,
              const std::function<bool()>& timeIsUp) {
  return Shrinker(found, stillFails, timeIsUp).run();
}

}  // namespace henge::sim

#include "tests/proofs/crash/sweep.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace henge::proofs {

void Swept::add(const Swept& other) {
  points += other.points;
  images += other.images;
  distinct += other.distinct;
  starts += other.starts;
  secondPoints += other.secondPoints;
  secondImages += other.secondImages;
  torn += other.torn;
  replayed += other.replayed;
  if (finding || !other.finding) return;
  finding = other.finding;
  where = other.where;
}

Swept Sweep::run(std::uint64_t from, std::uint64_t end) {
  kit::FakeFiles files;
  Expectation expected;
  std::uint64_t point = 0;
  const auto mine = [&] {
    return point >= from && point < end && point % options_.pointEvery == 0;
  };
  if (mine()) cutHere(files, expected, point);
  for (const Event& event : trace_) {
    if (swept_.finding || point >= end) break;
    expected.learn(event);
    if (!event.isStep()) continue;
    redo(event, files);
    ++point;
    if (mine()) cutHere(files, expected, point);
  }
  return swept_;
}

void Sweep::cutHere(const kit::FakeFiles& files, const Expectation& expected, std::uint64_t point) {
  ++swept_.points;
  for (const Cut& cut : cutsOf(files, chance_, options_.subsets)) {
    kit::FakeFiles image(files);
    image.powerCut(cut);
    bool isNew = false;
    const Outcome& outcome = outcomeOf(image, isNew);
    ++swept_.images;
    swept_.torn += outcome.cutAt != LogPosition{};
    swept_.replayed += outcome.records > 0;
    if (!accept(judge(outcome, history_, expected), fmt::format("after step {}", point))) return;
    const bool again = isNew && options_.secondEvery > 0 && fresh_++ % options_.secondEvery == 0;
    if (again) cutTheStart(image, expected, First::powerCut);
    // The process alone dies, and the power goes during the start that follows.
    if (again && !swept_.finding) cutTheStart(files, expected, First::kill);
    if (swept_.finding) return;
  }
}

// After a power cut all there is is on the disk: what the first start found, every later one finds.
void Sweep::cutTheStart(const kit::FakeFiles& image, const Expectation& expected, First first) {
  kit::FakeFiles work(image);
  Recorder recorder;
  const Outcome before = start(work, &recorder);
  if (!accept(judge(before, history_, expected), "at the start to be cut")) return;
  ++swept_.starts;
  const History history = history_.found(foundBy(before, history_), before.end);
  std::optional<std::uint64_t> state;
  if (first == First::powerCut) state = before.state;
  kit::FakeFiles files(image);
  Expectation known = expected;
  known.starting = true;
  if (first == First::powerCut) known.appliedMost = before.end;
  for (const Event& event : recorder.take()) {
    if (event.kind == Event::Kind::recovered) state = before.state;
    if (!event.isStep() || (options_.startLoses && options_.startLoses(event))) continue;
    redo(event, files);
    known.learn(event);
    cutTheStartHere(files, history, known, state);
    if (swept_.finding) return;
  }
}

void Sweep::cutTheStartHere(const kit::FakeFiles& files, const History& history,
                            const Expectation& expected, std::optional<std::uint64_t> state) {
  ++swept_.secondPoints;
  for (const Cut& cut : cutsOf(files, chance_, 1)) {
    kit::FakeFiles again(files);
    again.powerCut(cut);
    bool isNew = false;
    const Outcome& outcome = outcomeOf(again, isNew);
    ++swept_.secondImages;
    std::optional<Finding> finding = judge(outcome, history, expected);
    if (!finding && state && outcome.state != *state)
      finding = Finding{Check::lost, "the second start finds something else than the first"};
    if (!accept(std::move(finding), "at the start after a start that was cut")) return;
  }
}

const Outcome& Sweep::outcomeOf(const kit::FakeFiles& image, bool& isNew) {
  const auto [at, inserted] = known_.try_emplace(hashOf(image));
  isNew = inserted;
  if (inserted) {
    ++swept_.distinct;
    kit::FakeFiles work(image);
    at->second = start(work, nullptr);
  }
  return at->second;
}

Outcome Sweep::start(kit::FakeFiles& image, Recorder* recorder) const {
  ProcessOptions options = options_.process;
  options.seed += fresh_;
  ShardProcess process(options, image, recorder);
  Outcome outcome;
  outcome.status = process.open();
  outcome.applied = process.appliedAtStart();
  if (!outcome.status) return outcome;
  const storage::OpenReport& report = process.report();
  outcome.damage = report.damage;
  outcome.quarantined = report.quarantined;
  outcome.cutAt = report.cutAt;
  outcome.end = report.recoveredTo;
  outcome.records = report.records;
  auto held = process.scanAll();
  if (held)
    outcome.state = stateOf(*held);
  else
    outcome.status = held.error();
  return outcome;
}

bool Sweep::accept(std::optional<Finding> finding, const std::string& where) {
  if (!finding) return true;
  swept_.finding = std::move(finding);
  swept_.where = where;
  return false;
}

}  // namespace henge::proofs

// A power cut at every point of a recorded run, and a second one at every point of the start that
// follows.
#pragma once

#include <functional>
#include <optional>
#include <unordered_map>

#include "tests/proofs/crash/history.h"
#include "tests/proofs/crash/images.h"
#include "tests/proofs/crash/shard_process.h"

namespace henge::proofs {

struct SweepOptions {
  ProcessOptions process;         // of the starts
  std::uint64_t pointEvery = 1;   // of all points, the first of each so many
  std::uint64_t secondEvery = 0;  // the start after each so many new images is cut too; 0: none
  int subsets = 2;                // by lot, at each point
  // A bug planted under the starts that are cut: which of their steps did not happen; null: none.
  std::function<bool(const Event&)> startLoses;
};

struct Swept {
  std::uint64_t points = 0;
  std::uint64_t images = 0;    // judged
  std::uint64_t distinct = 0;  // opened: those not of equal bytes with an earlier one
  std::uint64_t starts = 0;    // cut a second time, at every step
  std::uint64_t secondPoints = 0;
  std::uint64_t secondImages = 0;
  std::uint64_t torn = 0;      // images with a torn tail
  std::uint64_t replayed = 0;  // images of which something was replayed
  std::optional<Finding> finding;
  std::string where;  // of the finding
  void add(const Swept& other);
};

// Ends with the first finding.
class Sweep {
 public:
  Sweep(const Trace& trace, const History& history, SweepOptions options)
      : trace_(trace), history_(history), options_(std::move(options)), chance_(1) {}

  // Of all points, those of [from, end): so that several can share the work.
  Swept run(std::uint64_t from = 0, std::uint64_t end = UINT64_MAX);

 private:
  enum class First { powerCut, kill };

  void cutHere(const kit::FakeFiles& files, const Expectation& expected, std::uint64_t point);
  void cutTheStart(const kit::FakeFiles& image, const Expectation& expected, First first);
  void cutTheStartHere(const kit::FakeFiles& files, const History& history,
                       const Expectation& expected, std::optional<std::uint64_t> state);
  const Outcome& outcomeOf(const kit::FakeFiles& image, bool& isNew);
  Outcome start(kit::FakeFiles& image, Recorder* recorder) const;
  bool accept(std::optional<Finding> finding, const std::string& where);

  const Trace& trace_;
  const History& history_;
  const SweepOptions options_;
  sim::Chance chance_;
  std::unordered_map<std::uint64_t, Outcome> known_;  // by the hash of the image
  std::uint64_t fresh_ = 0;                           // images that were new at their first cut
  Swept swept_;
};

}  // namespace henge::proofs

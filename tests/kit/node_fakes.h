// The small ports of a node, as tests set and read them.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/up_set.h"
#include "server/ports/clock.h"
#include "server/ports/events.h"
#include "server/ports/hints.h"
#include "server/ports/membership.h"
#include "server/ports/stamps.h"

namespace henge::kit {

class FakeMembership final : public ports::Membership {
 public:
  const UpSet& upSet() const override { return up; }
  UpSet up;
};

// A hybrid clock whose ceiling is always high enough, until `exhausted`.
class FakeStamps final : public ports::Stamps {
 public:
  FakeStamps(const ports::Clock& clock, std::uint64_t writer) : clock_(clock), writer_(writer) {}

  std::optional<Version> stamp() override {
    if (exhausted) return std::nullopt;
    highest = std::max(clock_.wall().micros, highest + 1);
    return Version{highest, writer_};
  }
  void tellWhenReady(ports::StampSink& sink) override { waiting_ = &sink; }
  void observe(Version version) override { highest = std::max(highest, version.timestamp); }
  void observeTime(std::int64_t hybridTime) override { observe({hybridTime, 0}); }
  void hearClock(NodeId from, WallTime wall) override { clocks[from] = wall; }
  WallTime wall() const override { return clock_.wall(); }
  std::int64_t hybridNow() const override { return std::max(clock_.wall().micros, highest); }

  void raise() {
    exhausted = false;
    if (waiting_ != nullptr) std::exchange(waiting_, nullptr)->onStampsReady();
  }

  bool exhausted = false;
  std::int64_t highest = 0;
  std::map<NodeId, WallTime> clocks;  // as heard

 private:
  const ports::Clock& clock_;
  std::uint64_t writer_;
  ports::StampSink* waiting_ = nullptr;
};

// What a coordinator wants kept, and cancelled.
class NotedHints final : public ports::Hints {
 public:
  struct Kept {
    OpId write;
    NodeId target;
    Record record;
    std::int64_t dispatchedAtMicros = 0;
    bool cancelled = false;
  };
  void keep(OpId write, NodeId target, const Record& record, std::int64_t dispatchedAt) override {
    kept.push_back({write, target, record, dispatchedAt});
  }
  void cancel(OpId write, NodeId target) override {
    for (Kept& hint : kept)
      if (hint.write == write && hint.target == target) hint.cancelled = true;
  }
  std::vector<Kept> kept;
};

class NotedEvents final : public ports::Events {
 public:
  void note(ports::Severity, const std::string& line) override { lines.push_back(line); }
  bool mentions(const std::string& part) const {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  }
  std::vector<std::string> lines;
};

}  // namespace henge::kit

// How much space is left, as admission knows it.
#pragma once

#include <optional>
#include <string>

#include "server/ports/clock.h"
#include "server/ports/disk.h"
#include "server/ports/events.h"
#include "server/ports/timers.h"
#include "server/storage/space_rule.h"
#include "server/storage/storage_options.h"

namespace henge::storage {

class SpaceSink {
 public:
  virtual SpaceNeed spaceNeed() const = 0;
  virtual void onSpaceSeen() = 0;  // isShort() says what was seen

 protected:
  ~SpaceSink() = default;
};

struct SpaceEnvironment {
  ports::Disk& disk;  // the side lane
  const ports::Clock& clock;
  ports::Timers& timers;
  ports::Events& events;
};

// Asks the disk at most every spaceSeenEvery, and only while writes come or space is short, so an
// idle node is not woken. Between two answers what was accepted counts as taken. Until the first
// answer, and when the disk gives none, everything fits: the log's own files say otherwise in time.
// Thread: the loop's.
class Space final : private ports::DiskSink, private ports::TimerSink {
 public:
  Space(const StorageOptions& options, SpaceEnvironment environment, SpaceSink& sink)
      : options_(options), environment_(environment), sink_(sink) {}

  // A write of `bytes` is to be accepted; ok: they count as taken.
  Status admit(RecordKind kind, std::uint64_t bytes);
  void look();  // a write comes: asks, unless that was done just now
  // Goes on asking though no writes come, for as long as `wanted`.
  void keepLooking(bool wanted);

  bool isShort() const { return short_; }                  // puts are refused, as last seen
  const std::string& refusal() const { return refusal_; }  // then: why
  std::uint64_t freeBytes() const { return left_.value_or(0); }

 private:
  void onDisk(OpId op, ports::DiskResult result) override;
  void onTimer(std::uint64_t token) override;
  void judge();
  void wakeLater();

  const StorageOptions& options_;
  SpaceEnvironment environment_;
  SpaceSink& sink_;
  std::optional<std::uint64_t> left_;  // as last seen, less what was accepted since
  std::optional<MonoTime> asked_;      // when, last
  bool asking_ = false;
  bool waking_ = false;
  bool wanted_ = false;
  bool short_ = false;
  std::string refusal_;
};

}  // namespace henge::storage

#include "server/storage/durable_clock.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "core/rehearsal.h"
#include "server/storage/little_endian.h"

namespace henge::storage {

namespace {

constexpr BytesView magic = "HENGECLK";
constexpr std::uint32_t clockFormat = 1;
constexpr std::size_t clockBytes = 28;
constexpr std::size_t clockBytesRead = 4096;  // a newer format may be longer
constexpr std::size_t checksumBytes = 8;
constexpr Duration retryPeriod = 1_s;

constexpr OpId readOp{1};
constexpr OpId replaceOp{2};

}  // namespace

Bytes encodeClockCeiling(std::int64_t ceiling) {
  Bytes out(magic);
  appendU32(out, clockFormat);
  appendI64(out, ceiling);
  appendU64(out, hash64(out));
  assert(out.size() == clockBytes);
  return out;
}

Result<std::int64_t> decodeClockCeiling(BytesView bytes) {
  const Error unreadable{ErrorKind::corrupt,
                         "the clock file cannot be read: without its ceiling new writes might lose "
                         "against old ones"};
  if (bytes.size() < magic.size() + checksumBytes) return unreadable;
  BytesView covered = bytes.substr(0, bytes.size() - checksumBytes);
  if (LittleEndianReader(bytes.substr(covered.size())).u64() != hash64(covered)) return unreadable;
  LittleEndianReader in(covered);
  bool ours = in.bytes(magic.size()) == magic;
  std::uint32_t format = in.u32();
  if (ours && in.ok() && format > clockFormat)
    return Error{ErrorKind::mismatch, "the clock file has format " + std::to_string(format) +
                                          ", newer than this version's 1"};
  std::int64_t ceiling = in.i64();
  bool whole = ours && in.ok() && in.atEnd() && format == clockFormat;
  if (!whole || ceiling < 0) return unreadable;
  return ceiling;
}

// Half of what replicas let pass: what is on its way gets old, and clocks drift.
DurableClock::DurableClock(DurableClockOptions options, DurableClockEnvironment environment)
    : options_(options),
      environment_(environment),
      peerTimes_(options.members, Duration{options.stampAheadMaxMs * 1000 / 2}) {}

void DurableClock::open(ClockSink& sink) {
  assert(opening_ == nullptr && !clock_);
  opening_ = &sink;
  environment_.disk.read(readOp, *this, clockPath, 0, clockBytesRead);
}

void DurableClock::close(ClockSink& sink) {
  assert(clock_ && closing_ == nullptr);
  closing_ = &sink;
  if (!writing_) write(clock_->used() + 1);
}

std::optional<Version> DurableClock::stamp() {
  assert(clock_ && opening_ == nullptr);
  std::optional<Version> version;
  if (closing_ == nullptr) version = clock_->stamp(boundedWall());
  renew();
  return version;
}

void DurableClock::tellWhenReady(ports::StampSink& sink) {
  if (std::find(waiting_.begin(), waiting_.end(), &sink) == waiting_.end())
    waiting_.push_back(&sink);
  renew();
}

void DurableClock::observe(Version version) {
  assert(clock_);
  clock_->observe(version);
}

void DurableClock::observeTime(std::int64_t hybridTime) {
  assert(clock_);
  const Version version{hybridTime, 0};
  if (isTooFarAhead(version, hybridNow(), options_.stampAheadMaxMs))
    probe("clock: a member's time is not believed");
  else
    clock_->observe(version);
}

void DurableClock::hearClock(NodeId from, WallTime wall) {
  peerTimes_.heard(from, wall, environment_.clock.now());
  noteLead();
}

WallTime DurableClock::boundedWall() const {
  return peerTimes_.bounded(environment_.clock.wall(), environment_.clock.now());
}

void DurableClock::noteLead() {
  const Duration lead = peerTimes_.lead(environment_.clock.wall(), environment_.clock.now());
  const Duration enough{peerTimes_.leadMax().micros / (leads_ ? 2 : 1)};
  if ((lead > enough) == leads_) return;
  leads_ = !leads_;
  if (!leads_)
    return environment_.events.note(ports::Severity::info,
                                    "the clock is again where the other members' are");
  probe("clock: held back by the others");
  environment_.events.note(
      ports::Severity::warning,
      "this machine's clock is " + std::to_string(lead.micros / 1'000'000) +
          " s ahead of most members'; writes are stamped as if it were not. Set the clock right");
}

std::int64_t DurableClock::hybridNow() const {
  assert(clock_);
  return clock_->now(boundedWall());
}

void DurableClock::onDisk(OpId op, ports::DiskResult result) {
  op == readOp ? onRead(result) : onReplaced(result.status);
}

void DurableClock::onRead(const ports::DiskResult& result) {
  std::int64_t ceiling = 0;
  bool isNew = !result.status && result.status.error().kind == ErrorKind::notFound;
  Result<std::int64_t> read = result.status ? decodeClockCeiling(result.bytes)
                                            : Result<std::int64_t>(result.status.error());
  if (read)
    ceiling = *read;
  else if (!isNew)
    return std::exchange(opening_, nullptr)->onClockOpened(read.error());
  if (environment_.clock.wall().micros < ceiling) probe("clock: went back over a restart");
  clock_.emplace(options_.writer, ceiling, environment_.clock.wall());
  if (const Duration wait = clock_->untilStart(boundedWall()); wait > Duration{}) {
    probe("clock: waits for the wall clock after a restart");
    wakeIn(wait, Wake::start);
  }
  std::exchange(opening_, nullptr)->onClockOpened({});
}

// The ceiling on disk rises before any stamp above it is given.
void DurableClock::renew() {
  if (writing_ || awaitsRetry_ || closing_ != nullptr) return;
  if (auto wanted = clock_->ceilingWanted(boundedWall())) wanted_ = *wanted;
  if (wanted_ != 0) write(wanted_);
}

void DurableClock::write(std::int64_t ceiling) {
  writing_ = true;
  environment_.disk.replace(replaceOp, *this, clockPath, encodeClockCeiling(ceiling));
}

// What could not be written is tried again a second later, whoever wants a stamp meanwhile.
void DurableClock::onReplaced(const Status& status) {
  writing_ = false;
  say(status);
  if (closing_ != nullptr) {
    // A raise was on its way when close() came: it is on disk now, and is lowered.
    if (status && wanted_ != 0) return wanted_ = 0, write(clock_->used() + 1);
    return closing_->onClockClosed();
  }
  if (!status) {
    awaitsRetry_ = true;
    return wakeIn(retryPeriod, Wake::raiseAgain);
  }
  clock_->ceilingDurable(std::exchange(wanted_, 0));
  tellReady();
}

void DurableClock::say(const Status& written) {
  const bool couldNot = std::exchange(couldNotWrite_, !written);
  if (!written && !couldNot) {
    environment_.events.note(ports::Severity::error, "the clock's ceiling could not be written: " +
                                                         written.error().message);
  } else if (written && couldNot) {
    environment_.events.note(ports::Severity::info, "the clock's ceiling is written again");
  }
}

void DurableClock::tellReady() {
  for (ports::StampSink* sink : std::exchange(waiting_, {})) sink->onStampsReady();
}

void DurableClock::wakeIn(Duration time, Wake what) {
  environment_.timers.wakeAt(environment_.clock.now() + time, *this,
                             static_cast<std::uint64_t>(what));
}

void DurableClock::onTimer(std::uint64_t token) {
  const bool starts = token == static_cast<std::uint64_t>(Wake::start);
  if (starts) clock_->start();
  if (token == static_cast<std::uint64_t>(Wake::raiseAgain)) awaitsRetry_ = false;
  renew();
  if (starts && !writing_) tellReady();
}

}  // namespace henge::storage

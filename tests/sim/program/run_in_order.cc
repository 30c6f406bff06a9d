#include "tests/sim/program/run_in_order.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <poll.h>
#include <system_error>
#include <vector>

namespace henge::sim {

namespace {

using Clock = std::chrono::steady_clock;

// A place for a process and what it is at. A process that died is replaced for the next run.
struct Seat {
  std::unique_ptr<Runner> runner;
  bool busy = false;
  std::uint64_t index = 0;
  Clock::time_point end;
};

class OrderedRuns {
 public:
  OrderedRuns(const Job& job, std::uint64_t count, RunLimits limits)
      : job_(job), count_(count), limits_(limits), seats_(std::min(limits.processes, count)) {}

  void run(const std::function<bool(std::uint64_t, const RunReport&)>& take) {
    while (handed_ < count_) {
      for (Seat& seat : seats_) fill(seat);
      waitForAny();
      while (!ready_.empty() && ready_.begin()->first == handed_) {
        if (!take(handed_, ready_.begin()->second)) return;
        ready_.erase(ready_.begin());
        ++handed_;
      }
    }
  }

 private:
  void fill(Seat& seat) {
    if (seat.busy || begun_ == count_) return;
    if (!seat.runner || seat.runner->hasDied()) seat.runner = std::make_unique<Runner>(job_);
    seat.busy = true;
    seat.index = begun_++;
    seat.end = Clock::now() + std::chrono::microseconds(limits_.each.micros);
    seat.runner->begin(seat.index);
  }

  void waitForAny() {
    std::vector<pollfd> sockets;
    auto end = Clock::time_point::max();
    for (const Seat& seat : seats_) {
      sockets.push_back({seat.busy ? seat.runner->socket() : -1, POLLIN, 0});
      if (seat.busy) end = std::min(end, seat.end);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (::poll(sockets.data(), sockets.size(), static_cast<int>(std::max<long>(0, left))) < 0) {
      if (errno == EINTR) return;
      throw std::system_error(errno, std::generic_category(), "poll");
    }
    for (std::size_t i = 0; i < seats_.size(); ++i) look(seats_[i], sockets[i].revents != 0);
  }

  void look(Seat& seat, bool readable) {
    if (!seat.busy || (!readable && Clock::now() < seat.end)) return;
    ready_[seat.index] = readable ? seat.runner->take() : endSlow(seat);
    seat.busy = false;
  }

  RunReport endSlow(Seat& seat) const {
    seat.runner.reset();
    RunReport report;
    std::array<char, 48> sentence{};
    std::snprintf(sentence.data(), sentence.size(), "tooSlow: still running after %g s",
                  static_cast<double>(limits_.each.micros) / 1e6);
    report.finding = Finding{std::string(Finding::tooSlow), sentence.data(), {}, {}};
    return report;
  }

  const Job& job_;
  const std::uint64_t count_;
  const RunLimits limits_;
  std::vector<Seat> seats_;
  std::uint64_t begun_ = 0;
  std::uint64_t handed_ = 0;                  // reports of all below were taken
  std::map<std::uint64_t, RunReport> ready_;  // not before all below are
};

}  // namespace

void runInOrder(const Job& job, std::uint64_t count, RunLimits limits,
                const std::function<bool(std::uint64_t index, const RunReport&)>& take) {
  OrderedRuns(job, count, limits).run(take);
}

}  // namespace henge::sim

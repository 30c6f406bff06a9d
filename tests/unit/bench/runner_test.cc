// A runner against a door with real sockets.
#include "client/bench/runner.h"

#include <gtest/gtest.h>

#include "server/runtime/seeded_random.h"
#include "tests/unit/wire/listening.h"

namespace henge::bench {
namespace {

struct NoProgress final : ProgressSink {
  void onLoading(std::uint64_t done, std::uint64_t, std::uint64_t) override { loaded = done; }
  void onSecond(Duration, const SpanTally&, std::uint64_t) override {}
  void onReport(const SpanReport& report) override { reports.push_back(report); }
  std::uint64_t loaded = 0;
  std::vector<SpanReport> reports;
};

struct RunAgainstADoor {
  explicit RunAgainstADoor(const std::string& mix) {
    at.clients.answersAtOnce = true;
    EXPECT_TRUE(parseMix(mix, options.workload).ok());
    options.keys = 200;
    options.inFlight = 8;
    options.time = 200_ms;
    options.verify = true;
  }
  Client open() const {
    ClientOptions client;
    client.nodes = {"127.0.0.1:" + std::to_string(at.listener.port())};
    client.requestsInFlightMax = 8;
    return std::move(Client::open(client).value());
  }

  wire::Listening at;
  Options options;
  runtime::SeededRandom random{1};
  NoProgress progress;
  std::atomic<bool> interrupted = false;
};

TEST(Runner, loadsEveryKeyThenRunsAndFindsWhatItWrote) {
  RunAgainstADoor run("get=40,put=40,insert=10,rmw=10");
  const wire::LoopThread thread(run.at.loop);
  Client client = run.open();
  Runner runner(client, run.options, run.random, run.progress, run.interrupted);
  (void)runner.load();
  EXPECT_EQ(run.progress.loaded, 200u);
  EXPECT_EQ(runner.tally().done(), 0u) << "of the run";
  const RunEnd end = runner.run();
  EXPECT_GE(end.took, 200_ms);
  EXPECT_GT(runner.tally().of(OpKind::rmw).micros.count(), 0u);
  EXPECT_EQ(runner.tally().failed(), 0u);
  EXPECT_EQ(runner.mismatches(), 0u);
}

TEST(Runner, findsAValueThatIsNotWhatWasWritten) {
  RunAgainstADoor run("get=1");
  Client client = run.open();
  Runner runner(client, run.options, run.random, run.progress, run.interrupted);
  {
    const wire::LoopThread thread(run.at.loop);
    (void)runner.load();
  }
  ASSERT_EQ(run.at.clients.held.size(), 200u);
  run.at.clients.held.begin()->second.back() ^= 1;
  run.at.clients.held.erase(std::prev(run.at.clients.held.end()));
  const wire::LoopThread thread(run.at.loop);
  (void)runner.run();
  EXPECT_GT(runner.mismatches(), 0u);
  EXPECT_EQ(runner.tally().errors().at("mismatch").count, runner.mismatches());
}

// Nothing is left out: what was due while the cluster stalled is counted with its whole waiting.
TEST(Runner, anOpenLoopCountsFromTheIntendedStart) {
  RunAgainstADoor run("get=1");
  run.options.rate = 1000;
  run.options.inFlight = 1;
  run.options.verify = false;
  run.at.clients.answersAtOnce = false;  // each ends at its deadline
  run.options.deadlineMs = 50;
  const wire::LoopThread thread(run.at.loop);
  ClientOptions options;
  options.nodes = {"127.0.0.1:" + std::to_string(run.at.listener.port())};
  options.deadline = std::chrono::milliseconds(50);
  options.requestsInFlightMax = 1;
  Result<Client> client = Client::open(options);
  Runner runner(*client, run.options, run.random, run.progress, run.interrupted);
  const RunEnd end = runner.run();
  EXPECT_GT(end.notBegun, 150u);
  EXPECT_GT(runner.tally().failed(), 0u);
  EXPECT_EQ(runner.tally().done(), 0u);
}

TEST(Runner, reportsEverySpanAndLeavesNothingOut) {
  RunAgainstADoor run("get=1,put=1");
  run.options.rate = 500;
  run.options.time = 500_ms;
  run.options.reportEvery = 50_ms;
  const wire::LoopThread thread(run.at.loop);
  Client client = run.open();
  Runner runner(client, run.options, run.random, run.progress, run.interrupted);
  (void)runner.load();
  const RunEnd end = runner.run();
  const std::vector<SpanReport>& reports = run.progress.reports;
  ASSERT_GE(reports.size(), 2u);
  Duration spans;
  std::uint64_t done = 0;
  for (const SpanReport& report : reports) {
    EXPECT_GT(report.span, Duration{});
    EXPECT_LE(report.underWay, run.options.inFlight);
    spans = Duration{spans.micros + report.span.micros};
    done += report.tally.done;
    EXPECT_EQ(report.since, spans) << "each begins where the one before it ended";
  }
  EXPECT_EQ(done, runner.tally().done());
  EXPECT_EQ(reports.back().underWay, 0);
  EXPECT_EQ(reports.back().behind, static_cast<std::int64_t>(end.notBegun));
  EXPECT_LE(reports.size(), 11u);
}

TEST(Runner, endsSoonAfterAnInterruption) {
  RunAgainstADoor run("get=1,put=1");
  run.options.time = 3600_s;
  run.interrupted = true;
  const wire::LoopThread thread(run.at.loop);
  Client client = run.open();
  Runner runner(client, run.options, run.random, run.progress, run.interrupted);
  (void)runner.load();
  EXPECT_LT(runner.run().took, 3600_s);
}

}  // namespace
}  // namespace henge::bench

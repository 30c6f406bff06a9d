#include "client/bench/bench.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <ostream>
#include <thread>

#include "client/bench/report_json.h"
#include "client/bench/runner.h"
#include "client/bench/server_cost.h"
#include "server/runtime/seeded_random.h"

namespace henge::bench {

namespace {

// sysexits.h has those above 1; docs/bench.md.
constexpr int exitOk = 0, exitMismatch = 1, exitUsage = 64, exitUnavailable = 69, exitIo = 74;

constexpr Duration storesPatience = 60_s;

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "it is set in a signal handler");

class SignalScope {
 public:
  SignalScope() {
    interrupted = false;
    for (const int signal : {SIGINT, SIGTERM}) {
      std::signal(signal, [](int) { interrupted = true; });
    }
  }
  ~SignalScope() {
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
  }
  SignalScope(const SignalScope&) = delete;
  SignalScope& operator=(const SignalScope&) = delete;
};

// A line that is drawn over on a terminal, a line a second elsewhere.
class Progress final : public ProgressSink {
 public:
  Progress(const Options& options, const Surroundings& around)
      : options_(options), around_(around) {}

  void onLoading(std::uint64_t done, std::uint64_t keys, std::uint64_t errors) override {
    show(loadingLine(done, keys, errors));
  }
  void onReport(const SpanReport& report) override { around_.out << jsonOf(report) << std::flush; }
  void onSecond(Duration since, const SpanTally& second, std::uint64_t errors) override {
    seconds.push_back(second);
    show(secondLine(options_, since, second, errors));
  }
  // What follows begins a line of its own.
  void endLine() {
    if (around_.errIsTerminal && drawn_ > 0) around_.err << "\n" << std::flush;
    drawn_ = 0;
  }

  std::vector<SpanTally> seconds;

 private:
  void show(const std::string& line) {
    if (!around_.errIsTerminal) {
      around_.err << line << "\n" << std::flush;
      return;
    }
    const std::size_t over = drawn_ > line.size() ? drawn_ - line.size() : 0;
    around_.err << "\r" << line << std::string(over, ' ') << std::flush;
    drawn_ = line.size();
  }

  const Options& options_;
  const Surroundings& around_;
  std::size_t drawn_ = 0;  // columns of the line that stands there
};

ClientOptions clientOptions(const Options& options) {
  ClientOptions out;
  out.nodes = options.nodes;
  out.deadline = std::chrono::milliseconds(options.deadlineMs);
  out.requestsInFlightMax = static_cast<std::size_t>(options.inFlight);
  out.bytesInFlightMax = std::max<std::size_t>(
      out.bytesInFlightMax, static_cast<std::size_t>(options.inFlight) * (options.valueBytes + 64));
  out.connectionsPerNode = options.connectionsPerNode;
  out.asksOnlyNodes = options.onlyNodes;
  return out;
}

int complain(const Surroundings& around, const std::string& message, int code) {
  around.err << "henge bench: " << message << "\n";
  return code;
}

bool writeJson(const std::string& name, const std::string& text, std::ostream& out) {
  if (name == "-") return static_cast<bool>(out << text << std::flush);
  std::ofstream file(name);
  file << text;
  file.close();
  return static_cast<bool>(file);
}

int finish(const RunReport& report, const Progress& progress, const MachineFacts& facts,
           const Surroundings& around) {
  const bool jsonIsOut = report.options.json == "-" || report.options.reportEvery;
  (jsonIsOut ? around.err : around.out) << summary(report) << std::flush;
  if (report.options.json &&
      !writeJson(*report.options.json, jsonOf(report, progress.seconds, facts), around.out)) {
    return complain(around, "could not write " + *report.options.json, exitIo);
  }
  if (report.mismatches > 0) return exitMismatch;
  return report.tally.done() > 0 || report.tally.failed() == 0 ? exitOk : exitUnavailable;
}

int runWith(const Options& options, Client& client, const Surroundings& around) {
  const std::uint64_t seed = options.seed.value_or(runtime::systemSeed());
  runtime::SeededRandom random(seed);
  Progress progress(options, around);
  Runner runner(client, options, random, progress, interrupted);
  around.err << headline(options) << "\n";
  RunReport report{options, runner.tally(), {}, {}, 0, {}, false, {}};
  if (options.load && options.workload.reads()) report.loadTook = runner.load();
  progress.endLine();
  const Result<double> before = cpuMicrosOf(options.pids);
  if (!before.ok()) return complain(around, before.error().message, exitUsage);
  if (!interrupted) report.end = runner.run();
  progress.endLine();
  report.mismatches = runner.mismatches();
  report.client = client.counters();
  report.interrupted = interrupted;
  if (!options.pids.empty()) {
    const bool caughtUp = awaitStores(options.nodes, storesPatience);
    const Result<double> after = cpuMicrosOf(options.pids);
    if (after.ok()) report.cost = ServerCost{*after - *before, caughtUp};
  }
  const MachineFacts facts{std::string(around.version), std::thread::hardware_concurrency(), seed};
  return finish(report, progress, facts, around);
}

}  // namespace

int runBench(std::span<const std::string> words, const Surroundings& around) {
  const Result<Options> options = parseArguments(words, around.nodes);
  if (!options.ok()) return complain(around, options.error().message, exitUsage);
  if (options->help) {
    around.out << helpText();
    return exitOk;
  }
  Result<Client> client = Client::open(clientOptions(*options));
  if (!client.ok()) return complain(around, client.error().message, exitUsage);
  const SignalScope signals;
  return runWith(*options, *client, around);
}

}  // namespace henge::bench

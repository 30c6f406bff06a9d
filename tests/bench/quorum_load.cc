// Closed-loop load on a running cluster, and what it cost the servers: CPU µs per operation summed
// over their processes, counted until every node's applied position has caught up.
//
//   quorum_load --op put|get --seconds 60 --connections 64 --pids 1,2,3,4 host:port…
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "wire/store_client.h"

namespace {

using henge::Result;
using henge::wire::StoreClient;
using SteadyClock = std::chrono::steady_clock;

constexpr std::uint64_t keys = 100'000;
constexpr henge::Duration callTimeout{2'000'000};

struct Options {
  bool put = true;
  int seconds = 10;
  int connections = 64;
  std::vector<int> pids;
  std::vector<henge::Address> nodes;
};

// Microseconds of user and system time that the processes have used.
double cpuMicros(const std::vector<int>& pids) {
  double ticks = 0;
  for (const int pid : pids) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string text((std::istreambuf_iterator<char>(file)), {});
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::vector<std::string> words((std::istream_iterator<std::string>(fields)), {});
    ticks += std::stod(words.at(11)) + std::stod(words.at(12));
  }
  return ticks * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

struct Worker {
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::vector<float> millis;
};

void work(const Options& options, int number, const std::atomic<bool>& stop, Worker& worker) {
  const auto& node = options.nodes[static_cast<std::size_t>(number) % options.nodes.size()];
  Result<StoreClient> client = StoreClient::connect(node, callTimeout);
  std::uint64_t next = static_cast<std::uint64_t>(number) * 7919;
  while (client.ok() && !stop) {
    next = next * 6364136223846793005ULL + 1442695040888963407ULL;
    const std::string key = fmt::format("{:016x}", ((next >> 20) % keys) * 0x9e3779b97f4a7c15ULL);
    const auto begin = SteadyClock::now();
    bool good = false;
    if (options.put) {
      henge::PutRequest request;
      request.key = key;
      request.value = std::string(100, 'v');
      const auto answer = client->put(request, callTimeout);
      good = answer.ok() && !answer->error;
    } else {
      henge::GetRequest request;
      request.key = key;
      const auto answer = client->get(request, callTimeout);
      good = answer.ok() && !answer->error;
    }
    const std::chrono::duration<float, std::milli> took = SteadyClock::now() - begin;
    worker.millis.push_back(took.count());
    good ? ++worker.done : ++worker.failed;
    if (!client->isOpen()) client = StoreClient::connect(node, callTimeout);
  }
}

// Until no node has a table waiting or a record beyond its applied position.
bool caughtUp(const Options& options) {
  for (const auto& address : options.nodes) {
    Result<StoreClient> client = StoreClient::connect(address, callTimeout);
    if (!client.ok()) return false;
    const auto status = client->status(callTimeout);
    if (!status.ok() || status->counters.at("table_records") > 0) return false;
  }
  return true;
}

bool readOptions(int argc, char** argv, Options& options) {
  for (int at = 1; at < argc; ++at) {
    const std::string word = argv[at];
    const std::string value = word.starts_with("--") && at + 1 < argc ? argv[++at] : "";
    if (word == "--op") {
      options.put = value == "put";
    } else if (word == "--seconds") {
      options.seconds = std::stoi(value);
    } else if (word == "--connections") {
      options.connections = std::stoi(value);
    } else if (word == "--pids") {
      std::istringstream list(value);
      for (std::string pid; std::getline(list, pid, ',');) options.pids.push_back(std::stoi(pid));
    } else if (const auto address = henge::parseAddress(word); address.ok()) {
      options.nodes.push_back(*address);
    } else {
      return false;
    }
  }
  return !options.nodes.empty() && !options.pids.empty();
}

void report(const Options& options, const std::vector<Worker>& workers, double wallSeconds,
            double cpu) {
  std::uint64_t done = 0, failed = 0;
  std::vector<float> millis;
  for (const Worker& worker : workers) {
    done += worker.done;
    failed += worker.failed;
    millis.insert(millis.end(), worker.millis.begin(), worker.millis.end());
  }
  if (done == 0) return fmt::print("nothing was answered, {} failed\n", failed);
  std::sort(millis.begin(), millis.end());
  const auto at = [&](double share) {
    return millis[std::min(millis.size() - 1,
                           static_cast<std::size_t>(share * static_cast<double>(millis.size())))];
  };
  fmt::print(
      "{} quorum, {} connections, {:.0f} s: {} done, {} failed, {:.0f}/s, servers {:.1f} CPU "
      "us/op, p50 {:.2f} p99 {:.2f} p99.9 {:.2f} max {:.2f} ms\n",
      options.put ? "put" : "get", options.connections, wallSeconds, done, failed,
      static_cast<double>(done) / wallSeconds, cpu / static_cast<double>(done), at(0.5), at(0.99),
      at(0.999), millis.back());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!readOptions(argc, argv, options)) {
    fmt::print(stderr,
               "usage: quorum_load --op put|get --seconds N --connections N --pids P,… "
               "host:port…\n");
    return 64;
  }
  std::vector<Worker> workers(static_cast<std::size_t>(options.connections));
  std::atomic<bool> stop = false;
  const double before = cpuMicros(options.pids);
  const auto begin = SteadyClock::now();
  {
    std::vector<std::jthread> threads;
    for (int n = 0; n < options.connections; ++n) {
      threads.emplace_back(
          [&, n] { work(options, n, stop, workers[static_cast<std::size_t>(n)]); });
    }
    std::this_thread::sleep_for(std::chrono::seconds(options.seconds));
    stop = true;
  }
  const std::chrono::duration<double> wall = SteadyClock::now() - begin;
  const auto patience = SteadyClock::now() + std::chrono::seconds(60);
  while (!caughtUp(options)) {
    if (SteadyClock::now() > patience) {
      fmt::print(stderr, "a node did not catch up within 60 s\n");
      return 1;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  report(options, workers, wall.count(), cpuMicros(options.pids) - before);
  return 0;
}

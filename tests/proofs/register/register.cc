// Puts and gets at QUORUM on a few keys of a running cluster, while others cut its links and stop
// its nodes; and then whether each key behaved as one register.
//
//   register [--clients 12] [--keys 8] [--timeout_ms 1000] host:port…
//
// Commands on its standard input, one a line:
//   run       every client asks, one request at a time, another node after each failure
//   stop      no more. Says: stopped ANSWERED
//   check     says: checked OPERATIONS ok OK unknown UNKNOWN refused REFUSED violations V
//             and before it each violation, a line that begins with "violation"
// Times are of this process's monotonic clock, so all clients are in it.
#include <atomic>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/sim/check/zones.h"
#include "wire/store_client.h"

namespace henge::proofs {
namespace {

using namespace std::chrono_literals;
using sim::OpKind;
using sim::RegisterOp;
using wire::StoreClient;

MonoTime now() {
  return {std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::steady_clock::now().time_since_epoch())
              .count()};
}

struct Settings {
  std::vector<Address> nodes;
  std::size_t clients = 12;
  std::size_t keys = 8;
  Duration timeout = 1_s;
};

struct Tally {
  std::uint64_t ok = 0, unknown = 0, refused = 0;
};

// What one client saw, key by key.
struct Seen {
  std::map<Bytes, std::vector<RegisterOp>> history;
  Tally tally;
};

std::optional<std::uint64_t> numberIn(const Bytes& value) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return number;
}

// Thread: its own. One request at a time; what it saw is read after the thread has ended.
class Client {
 public:
  Client(const Settings& settings, std::size_t number)
      : settings_(settings), number_(number), turn_(number), chance_(std::random_device()()) {}

  const Seen& seen() const { return seen_; }

  // True: it was answered.
  bool askOnce() {
    if (!connected()) return false;
    const Bytes key = fmt::format("register {}", chance_() % settings_.keys);
    return chance_() % 2 == 0 ? put(key) : get(key);
  }

 private:
  bool connected() {
    if (client_ && client_->isOpen()) return true;
    auto made =
        StoreClient::connect(settings_.nodes[turn_ % settings_.nodes.size()], settings_.timeout);
    client_.reset();
    if (made.ok()) client_.emplace(std::move(*made));
    return made.ok() || failed();
  }
  bool failed() {
    client_.reset();
    ++turn_;
    std::this_thread::sleep_for(5ms);
    return false;
  }

  bool put(const Bytes& key) {
    RegisterOp op;
    op.kind = OpKind::put;
    op.value = (std::uint64_t{++puts_} << 16) | number_;
    PutRequest request;
    request.key = key;
    request.value = fmt::format("{}", op.value);
    op.time.begin = now();
    const auto answer = client_->put(request, settings_.timeout);
    op.time.end = now();
    const bool refused = answer.ok() ? answer->outcome == Outcome::surelyNotApplied
                                     : answer.error().kind == ErrorKind::unavailable;
    if (refused) return ++seen_.tally.refused, failed();
    const bool applied = answer.ok() && answer->outcome == Outcome::applied && !answer->superseded;
    op.unknown = !applied;
    seen_.history[key].push_back(op);
    return applied ? ok() : unknown(answer.ok() && answer->outcome == Outcome::applied);
  }

  bool get(const Bytes& key) {
    RegisterOp op;
    GetRequest request;
    request.key = key;
    op.time.begin = now();
    const auto answer = client_->get(request, settings_.timeout);
    op.time.end = now();
    if (!answer.ok() || answer->error) return unknown(false);
    // A value that is no number is one that nobody put.
    op.value = answer->found() ? numberIn(answer->record->value).value_or(UINT64_MAX) : sim::absent;
    seen_.history[key].push_back(op);
    return ok();
  }

  bool ok() { return ++seen_.tally.ok, true; }
  bool unknown(bool answered) { return ++seen_.tally.unknown, answered || failed(); }

  const Settings& settings_;
  std::size_t number_;
  std::size_t turn_;
  std::mt19937_64 chance_;
  std::uint64_t puts_ = 0;
  std::optional<StoreClient> client_;
  Seen seen_;
};

class Register {
 public:
  explicit Register(Settings settings) : settings_(std::move(settings)) {
    clients_.reserve(settings_.clients);
    for (std::size_t n = 0; n < settings_.clients; ++n) clients_.emplace_back(settings_, n);
  }

  void run() {
    stopping_ = false;
    for (Client& client : clients_)
      threads_.emplace_back([this, &client] {
        while (!stopping_) answered_ += client.askOnce();
      });
  }

  void stop() {
    stopping_ = true;
    threads_.clear();  // joins
    say(fmt::format("stopped {}", answered_.load()));
  }

  // Precondition: stopped.
  void check() {
    std::map<Bytes, std::vector<RegisterOp>> all;
    Tally sum;
    for (const Client& client : clients_) {
      for (const auto& [key, ops] : client.seen().history)
        all[key].insert(all[key].end(), ops.begin(), ops.end());
      sum.ok += client.seen().tally.ok;
      sum.unknown += client.seen().tally.unknown;
      sum.refused += client.seen().tally.refused;
    }
    std::uint64_t operations = 0, violations = 0;
    for (auto& [key, ops] : all) {
      for (RegisterOp& op : ops) op.id = ++operations;
      const auto contradiction = sim::checkZones(ops);
      if (!contradiction) continue;
      ++violations;
      say(fmt::format("violation {}: {}", key, toString(*contradiction)));
    }
    say(fmt::format("checked {} ok {} unknown {} refused {} violations {}", operations, sum.ok,
                    sum.unknown, sum.refused, violations));
  }

 private:
  static void say(const std::string& line) { std::cout << line << std::endl; }

  const Settings settings_;
  std::vector<Client> clients_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> answered_ = 0;
  std::vector<std::jthread> threads_;
};

std::optional<Settings> settingsIn(const std::vector<std::string>& words) {
  Settings settings;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::uint64_t number = at + 1 < words.size() ? numberIn(words[at + 1]).value_or(0) : 0;
    if (words[at].starts_with("--")) {
      if (number == 0) return std::nullopt;
      if (words[at] == "--clients") settings.clients = number;
      if (words[at] == "--keys") settings.keys = number;
      if (words[at] == "--timeout_ms")
        settings.timeout = Duration{static_cast<std::int64_t>(number) * 1000};
      ++at;
    } else if (auto address = parseAddress(words[at]); address.ok()) {
      settings.nodes.push_back(*address);
    } else {
      return std::nullopt;
    }
  }
  if (settings.nodes.empty() || settings.keys == 0) return std::nullopt;
  return settings;
}

int run(const std::vector<std::string>& words) {
  auto settings = settingsIn(words);
  if (!settings) {
    fmt::print(stderr, "usage: register [--clients N] [--keys N] [--timeout_ms N] host:port…\n");
    return 64;
  }
  Register load(*std::move(settings));
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "run") load.run();
    if (line == "stop") load.stop();
    if (line == "check") load.check();
  }
  load.stop();
  return 0;
}

}  // namespace
}  // namespace henge::proofs

int main(int argc, char** argv) { return henge::proofs::run({argv + 1, argv + argc}); }

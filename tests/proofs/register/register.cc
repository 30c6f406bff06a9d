// Puts and gets at QUORUM on a few keys of a running cluster, while others cut its links and stop
// its nodes; and then whether each key behaved as one register.
//
//   register [--clients 24] [--keys 8] [--timeout_ms 250] host:port…
//
// Commands on its standard input, one a line:
//   run       every client asks, one request at a time, each of a node drawn by lot, and rests
//             for up to 10 ms in between
//   stop      no more. Says: stopped ANSWERED
//   check     says: checked OPERATIONS ok OK refused REFUSED superseded S unread U unknown PUTS
//             applied APPLIED read READ violations V
//             and before it each violation, a line that begins with "violation"
// unread: gets that brought no answer. superseded: puts that were answered, when something newer
// was held. unknown: puts that were not answered, or with a failure that does not exclude the
// write. applied: those of them that a replica has acknowledged, as the failure tells, or that a
// get brought. (A replica that holds something newer acknowledges too: a few in a hundred, as the
// superseded ones are of all puts.) read: those that a get brought.
// Times are of this process's monotonic clock, so all clients are in it.
#include <atomic>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <set>
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
  std::size_t clients = 24;
  std::size_t keys = 8;
  Duration timeout = 250_ms;  // short: a cut that lasts a moment leaves writes unknown
};

struct Tally {
  std::uint64_t ok = 0, refused = 0, superseded = 0, unread = 0;

  Tally& operator+=(const Tally& other) {
    ok += other.ok;
    refused += other.refused;
    superseded += other.superseded;
    unread += other.unread;
    return *this;
  }
};

// What one client saw, key by key.
struct Seen {
  std::map<Bytes, std::vector<RegisterOp>> history;
  std::set<std::uint64_t> unknown;  // values of puts
  std::set<std::uint64_t> applied;  // those of them where the answer tells of a replica
  Tally tally;
};

// Of the puts whose outcome their client was never told.
struct UnknownPuts {
  std::uint64_t all = 0, applied = 0, read = 0;
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
      : settings_(settings),
        number_(number),
        chance_(std::random_device()()),
        connections_(settings.nodes.size()) {}

  const Seen& seen() const { return seen_; }

  // True: it was answered.
  bool askOnce() {
    std::this_thread::sleep_for(std::chrono::microseconds(chance_() % restMicrosMax));
    node_ = chance_() % settings_.nodes.size();
    if (!connected()) return false;
    const Bytes key = fmt::format("register {}", chance_() % settings_.keys);
    return chance_() % 2 == 0 ? put(key) : get(key);
  }

 private:
  static constexpr std::uint64_t restMicrosMax = 10'000;

  // To the node that is asked next.
  bool connected() {
    std::optional<StoreClient>& connection = connections_[node_];
    if (connection && connection->isOpen()) return true;
    connection.reset();
    auto made = StoreClient::connect(settings_.nodes[node_], settings_.timeout);
    if (made.ok()) connection.emplace(std::move(*made));
    return connection.has_value();
  }

  bool put(const Bytes& key) {
    RegisterOp op;
    op.kind = OpKind::put;
    op.value = (std::uint64_t{++puts_} << 16) | number_;
    PutRequest request;
    request.key = key;
    request.value = fmt::format("{}", op.value);
    op.time.begin = now();
    const auto answer = connections_[node_]->put(request, settings_.timeout);
    op.time.end = now();
    const bool refused = answer.ok() ? answer->outcome == Outcome::surelyNotApplied
                                     : answer.error().kind == ErrorKind::unavailable;
    if (refused) return ++seen_.tally.refused, false;
    const bool applied = answer.ok() && answer->outcome == Outcome::applied;
    op.unknown = !applied || answer->superseded;
    seen_.history[key].push_back(op);
    if (applied) return answer->superseded ? superseded() : ok();
    seen_.unknown.insert(op.value);
    if (answer.ok() && answer->acknowledged > 0) seen_.applied.insert(op.value);
    return false;
  }

  bool get(const Bytes& key) {
    RegisterOp op;
    GetRequest request;
    request.key = key;
    op.time.begin = now();
    const auto answer = connections_[node_]->get(request, settings_.timeout);
    op.time.end = now();
    if (!answer.ok() || answer->error) return ++seen_.tally.unread, false;
    // A value that is no number is one that nobody put.
    op.value = answer->found() ? numberIn(answer->record->value).value_or(UINT64_MAX) : sim::absent;
    seen_.history[key].push_back(op);
    return ok();
  }

  bool ok() { return ++seen_.tally.ok, true; }
  bool superseded() { return ++seen_.tally.superseded, true; }

  const Settings& settings_;
  std::size_t number_;
  std::mt19937_64 chance_;
  std::uint64_t puts_ = 0;
  std::vector<std::optional<StoreClient>> connections_;  // one to each node
  std::size_t node_ = 0;                                 // that is asked
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
      sum += client.seen().tally;
    }
    const UnknownPuts puts = unknownPuts(all);
    std::uint64_t operations = 0, violations = 0;
    for (auto& [key, ops] : all) {
      for (RegisterOp& op : ops) op.id = ++operations;
      const auto contradiction = sim::checkZones(ops);
      if (!contradiction) continue;
      ++violations;
      say(fmt::format("violation {}: {}", key, toString(*contradiction)));
    }
    say(
        fmt::format("checked {} ok {} refused {} superseded {} unread {} unknown {} applied {} "
                    "read {} violations {}",
                    operations, sum.ok, sum.refused, sum.superseded, sum.unread, puts.all,
                    puts.applied, puts.read, violations));
  }

 private:
  static void say(const std::string& line) { std::cout << line << std::endl; }

  UnknownPuts unknownPuts(const std::map<Bytes, std::vector<RegisterOp>>& all) const {
    std::set<std::uint64_t> read;
    for (const auto& [key, ops] : all)
      for (const RegisterOp& op : ops)
        if (op.kind == OpKind::get) read.insert(op.value);
    UnknownPuts out;
    for (const Client& client : clients_) {
      for (const std::uint64_t value : client.seen().unknown) {
        const bool wasRead = read.contains(value);
        ++out.all;
        out.read += wasRead;
        out.applied += wasRead || client.seen().applied.contains(value);
      }
    }
    return out;
  }

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

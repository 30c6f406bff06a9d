// Writes at QUORUM on a running cluster while others kill its nodes, and knows what must be there.
//
//   ledger --connections 24 host:port…
//
// Commands on its standard input, one a line:
//   write     every connection writes, on and on; a write without an answer is sent again with its
//             own version, to the next node
//   stop      no more; what has no answer yet never gets one. Says: stopped ACKNOWLEDGED
//   check     reads every key at QUORUM. Says: checked KEYS lost LOST strange STRANGE unread UNREAD
// While it writes it says, ten times a second: written ACKNOWLEDGED
#include <atomic>
#include <chrono>
#include <cstring>
#include <fmt/format.h>
#include <iostream>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/proofs/ledger/account.h"
#include "wire/store_client.h"

namespace henge::proofs {
namespace {

using namespace std::chrono_literals;
using wire::StoreClient;
constexpr Duration callTimeout{2'000'000};
constexpr int attemptsMax = 2000;  // of a read, each on the next node

// A connection to one of the nodes, to the next one after a failure. Thread: its own.
class Caller {
 public:
  Caller(const std::vector<Address>& nodes, std::size_t home) : nodes_(nodes), turn_(home) {}

  // The answer, or nullopt: no node could be asked, or it did not answer at that level.
  template <typename Call>
  auto call(Call make) -> std::optional<std::decay_t<decltype(*make(*(StoreClient*)nullptr))>> {
    if (!client_ || !client_->isOpen()) connect();
    if (!client_) return failed();
    auto answer = make(*client_);
    if (!answer.ok() || answer->error) return failed();
    return *std::move(answer);
  }

 private:
  void connect() {
    auto made = StoreClient::connect(nodes_[turn_ % nodes_.size()], callTimeout);
    client_.reset();
    if (made.ok()) client_.emplace(std::move(*made));
  }
  std::nullopt_t failed() {
    client_.reset();
    ++turn_;
    std::this_thread::sleep_for(2ms);
    return std::nullopt;
  }

  const std::vector<Address>& nodes_;
  std::size_t turn_;
  std::optional<StoreClient> client_;
};

class Ledger {
 public:
  Ledger(std::vector<Address> nodes, std::size_t connections) : nodes_(std::move(nodes)) {
    std::random_device device;
    for (std::size_t n = 0; n < connections; ++n)
      writers_.push_back({Account(fmt::format("w{}", n)), std::uint64_t{device()} << 16 | n, 0});
  }

  void write() {
    stopping_ = false;
    for (std::size_t n = 0; n < writers_.size(); ++n)
      threads_.emplace_back([this, n] { writeOnAndOn(writers_[n], n); });
    threads_.emplace_back([this] {
      while (!stopping_) {
        std::this_thread::sleep_for(100ms);
        say(fmt::format("written {}", acknowledged_.load()));
      }
    });
  }

  void stop() {
    stopping_ = true;
    threads_.clear();  // joins
    say(fmt::format("stopped {}", acknowledged_.load()));
  }

  void check() {
    std::atomic<std::uint64_t> keys = 0, lost = 0, strange = 0, unread = 0;
    {
      std::vector<std::jthread> readers;
      for (std::size_t n = 0; n < writers_.size(); ++n)
        readers.emplace_back([&, n] {
          Caller caller(nodes_, n);
          for (const auto& [key, entry] : writers_[n].account.entries()) {
            ++keys;
            const auto value = read(caller, key);
            if (!value) {
              ++unread;
              continue;
            }
            const Account::Verdict verdict = Account::judge(entry, *value);
            lost += verdict == Account::Verdict::lost;
            strange += verdict == Account::Verdict::strange;
          }
        });
    }
    say(fmt::format("checked {} lost {} strange {} unread {}", keys.load(), lost.load(),
                    strange.load(), unread.load()));
  }

 private:
  struct Writer {
    Account account;
    std::uint64_t id;
    std::int64_t stamp;
  };

  void writeOnAndOn(Writer& writer, std::size_t home) {
    Caller caller(nodes_, home);
    while (!stopping_) {
      PutRequest request;
      request.key = writer.account.nextKey();
      request.value = Account::valueOf(writer.account.tryNext(request.key));
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      writer.stamp = std::max(writer.stamp + 1, std::int64_t{now / 1us});
      request.version = Version{writer.stamp, writer.id};
      while (!stopping_) {
        const auto put = [&](StoreClient& client) { return client.put(request, callTimeout); };
        if (!caller.call(put)) continue;
        writer.account.acknowledge(request.key);
        ++acknowledged_;
        break;
      }
    }
  }

  // Outer nullopt: nobody answered.
  std::optional<std::optional<Bytes>> read(Caller& caller, const Bytes& key) const {
    GetRequest request;
    request.key = key;
    for (int attempt = 0; attempt < attemptsMax; ++attempt) {
      auto answer =
          caller.call([&](StoreClient& client) { return client.get(request, callTimeout); });
      if (!answer) continue;
      if (!answer->found()) return std::optional<Bytes>();
      return std::optional<Bytes>(std::move(answer->record->value));
    }
    return std::nullopt;
  }

  void say(const std::string& line) {
    const std::lock_guard lock(speech_);
    std::cout << line << std::endl;
  }

  const std::vector<Address> nodes_;
  std::vector<Writer> writers_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> acknowledged_ = 0;
  std::mutex speech_;
  std::vector<std::jthread> threads_;
};

int run(const std::vector<std::string>& words) {
  std::vector<Address> nodes;
  std::size_t connections = 24;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at] == "--connections" && at + 1 < words.size()) {
      connections = std::stoul(words[++at]);
      continue;
    }
    const auto address = parseAddress(words[at]);
    if (!address.ok()) return fmt::print(stderr, "ledger: {}\n", address.error().message), 64;
    nodes.push_back(*address);
  }
  if (nodes.empty()) return fmt::print(stderr, "usage: ledger [--connections N] host:port…\n"), 64;
  Ledger ledger(nodes, connections);
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "write") ledger.write();
    if (line == "stop") ledger.stop();
    if (line == "check") ledger.check();
  }
  ledger.stop();
  return 0;
}

}  // namespace
}  // namespace henge::proofs

int main(int argc, char** argv) { return henge::proofs::run({argv + 1, argv + argc}); }

// Two hosts, and processes that read and write streams as the tests say.
#pragma once

#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/kit/virtual_loop.h"
#include "tests/sim/net/sim_net.h"

namespace henge::sim {

// The timers of a process that can be paused and killed.
class ProcessTimers final : public ports::Timers, ports::TimerSink {
 public:
  explicit ProcessTimers(ports::Timers& loop) : loop_(loop) {}
  void wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) override {
    asked_.push_back({&sink, token});
    loop_.wakeAt(when, *this, asked_.size() - 1);
  }
  void atRoundEnd(ports::TimerSink& sink, std::uint64_t token) override {
    asked_.push_back({&sink, token});
    loop_.atRoundEnd(*this, asked_.size() - 1);
  }
  void pause() { isPaused_ = true; }
  void resume() {
    isPaused_ = false;
    for (const std::uint64_t index : std::exchange(late_, {})) loop_.wakeAt({}, *this, index);
  }
  void kill() { isDead_ = true; }

 private:
  void onTimer(std::uint64_t index) override {
    if (isDead_) return;
    if (isPaused_) return late_.push_back(index);
    const auto [sink, token] = asked_[index];
    sink->onTimer(token);
  }

  ports::Timers& loop_;
  std::vector<std::pair<ports::TimerSink*, std::uint64_t>> asked_;
  std::vector<std::uint64_t> late_;
  bool isPaused_ = false;
  bool isDead_ = false;
};

// One end of a stream in a process: reads what comes unless told not to, writes what it is given.
class TestStream final : ports::SocketSink {
 public:
  explicit TestStream(std::unique_ptr<ports::Socket> taken, bool readsAll = true)
      : socket(std::move(taken)) {
    socket->attach(*this);
    if (readsAll) socket->awaitReadable();
  }
  void write(BytesView bytes) {
    unsent += bytes;
    if (!isBlocked) flush();
  }
  // Reads at most so much; false: nothing now.
  bool read(std::size_t bytesMax = 1000) {
    Bytes space(bytesMax, '?');
    ++readCalls;
    const Result<std::optional<std::size_t>> count = socket->read(space);
    if (!count.ok()) failure = count.error().message;
    if (!count.ok() || !count->has_value()) return false;
    received += space.substr(0, **count);
    hasEnded = **count == 0;
    return !hasEnded;
  }

  std::unique_ptr<ports::Socket> socket;
  Bytes received;
  Bytes unsent;
  std::string failure;  // of a read or a write
  bool hasEnded = false;
  bool isBlocked = false;
  int readCalls = 0;
  int writables = 0;

 private:
  void onReadable() override {
    while (read()) {
    }
    if (failure.empty() && !hasEnded) socket->awaitReadable();
  }
  void onWritable() override {
    ++writables;
    isBlocked = false;
    flush();
  }
  void flush() {
    const std::size_t half = unsent.size() / 2;
    const std::vector<BytesView> chunks = {BytesView(unsent).substr(0, half),
                                           BytesView(unsent).substr(half)};
    const Result<std::size_t> taken = socket->write(chunks);
    if (!taken.ok()) {
      failure = taken.error().message;
      return;
    }
    unsent.erase(0, *taken);
    isBlocked = !unsent.empty();
    if (isBlocked) socket->awaitWritable();
  }
};

class TestProcess final : public ports::AcceptSink, ports::DialSink {
 public:
  TestProcess(SimNet& net, ProcessTimers& ofItsOwn, HostId host)
      : timers(ofItsOwn), network(net.networkFor(host, timers)) {}
  ~TestProcess() { timers.kill(); }
  TestProcess(const TestProcess&) = delete;
  TestProcess& operator=(const TestProcess&) = delete;

  void listen(const Address& address) {
    auto bound = network->listen(address, *this);
    ASSERT_TRUE(bound.ok()) << bound.error().message;
    port = std::move(*bound);
  }
  void dial(const Address& address) {
    dialled.reset();
    dialError.clear();
    attempt = network->dial(address, *this);
  }

  ProcessTimers& timers;
  std::unique_ptr<ports::Network> network;
  std::unique_ptr<ports::ListeningPort> port;
  std::unique_ptr<ports::Dial> attempt;
  std::unique_ptr<TestStream> dialled;
  std::string dialError;
  std::vector<std::unique_ptr<TestStream>> accepted;
  bool reads = true;  // what is dialled and accepted from now on

 private:
  void onDialled(Result<std::unique_ptr<ports::Socket>> socket) override {
    attempt.reset();
    if (socket.ok()) {
      dialled = std::make_unique<TestStream>(std::move(*socket), reads);
    } else {
      EXPECT_EQ(socket.error().kind, ErrorKind::unavailable);
      dialError = socket.error().message;
    }
  }
  void onAccepted(std::unique_ptr<ports::Socket> socket) override {
    accepted.push_back(std::make_unique<TestStream>(std::move(socket), reads));
  }
  void onAcceptTrouble(const std::string& sentence) override { ADD_FAILURE() << sentence; }
};

// What was delivered, folded into one number.
struct TraceHash final : NetWatch {
  void onDelivered(HostId from, HostId to, std::uint64_t stream, std::uint64_t hash,
                   std::uint64_t bytes) override {
    Bytes folded;
    for (const std::uint64_t number : {value, std::uint64_t{from.value}, std::uint64_t{to.value},
                                       stream, hash, bytes, std::uint64_t(loop->now().micros)})
      appendBigEndian64(folded, number);
    value = hash64(folded);
  }
  const kit::VirtualLoop* loop = nullptr;
  std::uint64_t value = 0;
};

// "a" dials "b", which listens on port 7.
struct NetWorld {
  explicit NetWorld(std::uint64_t seed = 1, NetOptions options = {})
      : net(loop, loop, Chance(seed), options), a(net.addHost("a")), b(net.addHost("b")) {
    trace.loop = &loop;
    net.watch(trace);
    client = start(a);
    startServer();
  }
  std::unique_ptr<TestProcess> start(HostId host) {
    return std::make_unique<TestProcess>(net, timers.emplace_back(loop), host);
  }
  void startServer() {
    server.reset();
    server = start(b);
    server->listen(address);
  }
  void connect() {
    client->dial(address);
    settle();
    ASSERT_TRUE(client->dialled) << client->dialError;
    ASSERT_FALSE(server->accepted.empty());
  }
  void settle() { loop.runFor(5_s); }
  TestStream& dialled() { return *client->dialled; }
  TestStream& accepted() { return *server->accepted.back(); }

  const Address address{"b", 7};
  kit::VirtualLoop loop;
  std::deque<ProcessTimers> timers;  // of processes that are dead, too
  TraceHash trace;
  SimNet net;
  HostId a;
  HostId b;
  std::unique_ptr<TestProcess> client;
  std::unique_ptr<TestProcess> server;
};

}  // namespace henge::sim

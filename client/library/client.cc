#include "client/library/client.h"

#include <atomic>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "client/library/driver.h"
#include "client/library/request_gate.h"
#include "server/runtime/asio_network.h"
#include "server/runtime/loop.h"
#include "server/runtime/seeded_random.h"

namespace henge {

namespace {

using library::Ask;

constexpr std::size_t nodesMax = 256;
constexpr std::size_t requestsInFlightMost = 1'000'000;
constexpr int connectionsPerNodeMost = 64;
constexpr std::int64_t deadlineMsMost = 60'000;

Error invalid(const std::string& message) { return {ErrorKind::invalidRequest, message}; }

Status checkDeadline(std::chrono::milliseconds deadline) {
  if (deadline.count() >= 1 && deadline.count() <= deadlineMsMost) return {};
  return invalid("the deadline is " + std::to_string(deadline.count()) + " ms; it must be 1 to " +
                 std::to_string(deadlineMsMost));
}

Status checkOptions(const ClientOptions& options) {
  if (options.nodes.empty() || options.nodes.size() > nodesMax) {
    return invalid("a client needs 1 to " + std::to_string(nodesMax) + " nodes, not " +
                   std::to_string(options.nodes.size()));
  }
  if (options.requestsInFlightMax < 1 || options.requestsInFlightMax > requestsInFlightMost) {
    return invalid("requestsInFlightMax must be 1 to " + std::to_string(requestsInFlightMost));
  }
  if (options.connectionsPerNode < 1 || options.connectionsPerNode > connectionsPerNodeMost) {
    return invalid("connectionsPerNode must be 1 to " + std::to_string(connectionsPerNodeMost));
  }
  return checkDeadline(options.deadline);
}

library::DriverOptions driverOptions(const ClientOptions& options, std::vector<Address> seeds,
                                     ports::Random& random) {
  library::DriverOptions out;
  out.seeds = std::move(seeds);
  out.connectionsPerNode = static_cast<std::size_t>(options.connectionsPerNode);
  out.resendReserve = options.requestsInFlightMax;
  out.hedgesReads = options.hedgesReads;
  out.asksOnlySeeds = options.asksOnlyNodes;
  while (out.writer == 0) out.writer = random.next();
  return out;
}

Failure refusal(const Error& error) {
  Failure out;
  out.kind = error.kind == ErrorKind::overloaded    ? FailureKind::overloaded
             : error.kind == ErrorKind::unavailable ? FailureKind::closed
                                                    : FailureKind::invalidRequest;
  out.message = error.message;
  return out;
}

// Where a blocked caller waits for what the loop's thread brings.
template <typename Value>
class Waiter {
 public:
  void bring(Value value) {
    const std::lock_guard lock(
        mutex_);  // held over the notification: the waiter may go right after
    value_ = std::move(value);
    brought_.notify_one();
  }
  Value wait() {
    std::unique_lock lock(mutex_);
    brought_.wait(lock, [this] { return value_.has_value(); });
    return std::move(*value_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable brought_;
  std::optional<Value> value_;  // under mutex_
};

}  // namespace

struct Client::Impl final : library::AskSink {
  // What is owed to whoever asked.
  struct Owed {
    PutCallback put;
    GetCallback get;
    std::size_t bytes = 0;
  };

  Impl(const ClientOptions& given, std::vector<Address> seeds)
      : options(given),
        gate(given.requestsInFlightMax, given.bytesInFlightMax),
        driver(driverOptions(given, std::move(seeds), random), {loop, loop, random, network},
               *this) {
    loop.post([this] { driver.start(); });
    thread = std::thread([this] { loop.run(); });
  }

  ~Impl() {
    assert(!isOnLoop() && "a Client must not be destroyed in a callback of its own");
    gate.close();
    loop.post([this] {
      driver.close();
      loop.stop();
    });
    thread.join();
  }

  bool isOnLoop() const { return std::this_thread::get_id() == thread.get_id(); }

  Result<Ask> askOf(Ask::Verb verb, Bytes key, Bytes value, const RequestOptions& request) const;
  Status enter(const Ask& ask, bool mayWait);
  Ticket begin(Ask ask, Owed owed);
  template <typename Answer, typename Callback>
  Answer wait(Result<Ask> ask, Callback Owed::*callback);
  template <typename Callback>
  Result<Ticket> beginUnlessFull(Result<Ask> ask, Callback Owed::*member, Callback callback);

  Owed settle(OpId op);
  void onPut(OpId op, PutResult result) override { settle(op).put(std::move(result)); }
  void onGot(OpId op, GetResult result) override { settle(op).get(std::move(result)); }

  const ClientOptions options;
  runtime::Loop loop;
  runtime::AsioNetwork network{loop};
  runtime::SeededRandom random{runtime::systemSeed()};
  library::RequestGate gate;
  std::unordered_map<OpId, Owed> owed;  // the loop's
  library::Driver driver;               // the loop's
  std::atomic<std::uint64_t> lastOp = 0;
  std::thread thread;
};

Result<Ask> Client::Impl::askOf(Ask::Verb verb, Bytes key, Bytes value,
                                const RequestOptions& request) const {
  const std::chrono::milliseconds deadline = request.deadline.value_or(options.deadline);
  if (const Status status = checkDeadline(deadline); !status.ok()) return status.error();
  Ask ask;
  ask.verb = verb;
  ask.key = std::move(key);
  ask.value = std::move(value);
  ask.level = request.level;
  ask.deadline = loop.now() + 1_ms * deadline.count();
  ask.retry = request.retry;
  ask.version = request.version;
  ask.trace = request.trace;
  return ask;
}

Status Client::Impl::enter(const Ask& ask, bool mayWait) {
  const std::size_t bytes = ask.key.size() + ask.value.size();
  if (mayWait) {
    if (isOnLoop()) {
      return invalid("a blocking call in a callback would wait for itself; begin it instead");
    }
    const library::RequestGate::Time by{std::chrono::microseconds(ask.deadline.micros)};
    if (gate.enterBy(by, bytes)) return {};
  } else if (gate.tryEnter(bytes)) {
    return {};
  }
  if (gate.isClosed()) return Error{ErrorKind::unavailable, "the client was closed"};
  return Error{ErrorKind::overloaded, "as many requests are under way as this client may have (" +
                                          std::to_string(options.requestsInFlightMax) + ", or " +
                                          std::to_string(options.bytesInFlightMax) +
                                          " bytes of them)"};
}

Client::Ticket Client::Impl::begin(Ask ask, Owed callbacks) {
  const OpId op{++lastOp};
  callbacks.bytes = ask.key.size() + ask.value.size();
  loop.post([this, op, ask = std::move(ask), callbacks = std::move(callbacks)]() mutable {
    owed.emplace(op, std::move(callbacks));
    driver.ask(op, std::move(ask));
  });
  return {op.value};
}

Client::Impl::Owed Client::Impl::settle(OpId op) {
  const auto found = owed.find(op);
  assert(found != owed.end() && "answered twice, or never asked");
  Owed out = std::move(found->second);
  owed.erase(found);
  gate.leave(out.bytes);
  return out;
}

template <typename Answer, typename Callback>
Answer Client::Impl::wait(Result<Ask> ask, Callback Owed::*callback) {
  Status status = ask.ok() ? enter(*ask, true) : Status(ask.error());
  if (!status.ok()) {
    Answer answer;
    answer.failure = refusal(status.error());
    if constexpr (requires { answer.outcome; }) answer.outcome = Outcome::surelyNotApplied;
    return answer;
  }
  Waiter<Answer> waiter;
  Owed callbacks;
  callbacks.*callback = [&waiter](Answer answer) { waiter.bring(std::move(answer)); };
  (void)begin(std::move(*ask), std::move(callbacks));
  return waiter.wait();
}

template <typename Callback>
Result<Client::Ticket> Client::Impl::beginUnlessFull(Result<Ask> ask, Callback Owed::*member,
                                                     Callback callback) {
  if (!ask.ok()) return ask.error();
  if (!callback) return invalid("a request needs a callback");
  if (const Status status = enter(*ask, false); !status.ok()) return status.error();
  Owed callbacks;
  callbacks.*member = std::move(callback);
  return begin(std::move(*ask), std::move(callbacks));
}

Result<Client> Client::open(const ClientOptions& options) {
  if (const Status status = checkOptions(options); !status.ok()) return status.error();
  std::vector<Address> seeds;
  for (const std::string& node : options.nodes) {
    Result<Address> address = parseAddress(node);
    if (!address.ok()) return address.error();
    seeds.push_back(std::move(*address));
  }
  return Client(std::make_unique<Impl>(options, std::move(seeds)));
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

PutResult Client::put(Bytes key, Bytes value, RequestOptions options) {
  return impl_->wait<PutResult>(
      impl_->askOf(Ask::Verb::put, std::move(key), std::move(value), options), &Impl::Owed::put);
}

PutResult Client::remove(Bytes key, RequestOptions options) {
  return impl_->wait<PutResult>(impl_->askOf(Ask::Verb::remove, std::move(key), {}, options),
                                &Impl::Owed::put);
}

GetResult Client::get(Bytes key, RequestOptions options) {
  return impl_->wait<GetResult>(impl_->askOf(Ask::Verb::get, std::move(key), {}, options),
                                &Impl::Owed::get);
}

Result<Client::Ticket> Client::beginPut(Bytes key, Bytes value, RequestOptions options,
                                        PutCallback callback) {
  return impl_->beginUnlessFull(
      impl_->askOf(Ask::Verb::put, std::move(key), std::move(value), options), &Impl::Owed::put,
      std::move(callback));
}

Result<Client::Ticket> Client::beginRemove(Bytes key, RequestOptions options,
                                           PutCallback callback) {
  return impl_->beginUnlessFull(impl_->askOf(Ask::Verb::remove, std::move(key), {}, options),
                                &Impl::Owed::put, std::move(callback));
}

Result<Client::Ticket> Client::beginGet(Bytes key, RequestOptions options, GetCallback callback) {
  return impl_->beginUnlessFull(impl_->askOf(Ask::Verb::get, std::move(key), {}, options),
                                &Impl::Owed::get, std::move(callback));
}

void Client::cancel(Ticket ticket) {
  impl_->loop.post([impl = impl_.get(), ticket] { impl->driver.cancel({ticket.number}); });
}

ClientCounters Client::counters() const {
  if (impl_->isOnLoop()) return impl_->driver.counters();
  Waiter<ClientCounters> waiter;
  impl_->loop.post([&] { waiter.bring(impl_->driver.counters()); });
  return waiter.wait();
}

std::string_view nameOf(FailureKind kind) {
  switch (kind) {
    case FailureKind::unreachable:
      return "unreachable";
    case FailureKind::unavailable:
      return "unavailable";
    case FailureKind::timeout:
      return "timeout";
    case FailureKind::overloaded:
      return "overloaded";
    case FailureKind::invalidRequest:
      return "invalid request";
    case FailureKind::rebuilding:
      return "rebuilding";
    case FailureKind::unsupported:
      return "unsupported";
    case FailureKind::cancelled:
      return "cancelled";
    case FailureKind::closed:
      return "closed";
  }
  return "unknown";
}

}  // namespace henge

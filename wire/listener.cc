#include "wire/listener.h"

#include <algorithm>
#include <cassert>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/rehearsal.h"
#include "wire/connection.h"
#include "wire/line_limiter.h"

namespace henge::wire {

namespace {

constexpr std::uint64_t sweepToken = 0;  // others are connections' numbers, which begin at 1

Duration sweepEvery(const ListenerOptions& options) {
  const Duration shortest =
      std::min({options.headerDeadline, options.bodyDeadline, options.idleDeadline});
  return {std::clamp<std::int64_t>(shortest.micros / 4, 5'000, 1'000'000)};
}

}  // namespace

struct Listener::Impl final : public Replies,
                              public ConnectionOwner,
                              public ports::AcceptSink,
                              public ports::TimerSink {
  Impl(ListenerOptions given, ports::Network& networkPort, ports::Clock& clockPort,
       ports::Timers& timersPort, ports::Events& events, Processor& behind)
      : options(std::move(given)),
        network(networkPort),
        clock(clockPort),
        timers(timersPort),
        lines(clockPort, events),
        processor(behind) {
    assert(options.frameBytesMax > 0);
    // However large values may be: the largest answer can wait to be sent.
    options.outputBytesMax = std::max<std::size_t>(options.outputBytesMax, options.frameBytesMax);
  }

  // The port.
  Status listen() {
    Result<std::unique_ptr<ports::ListeningPort>> opened = network.listen(options.address, *this);
    if (!opened.ok()) return opened.error();
    port = std::move(*opened);
    portNumber = port->number();
    sweepLater();
    return {};
  }
  void onAccepted(std::unique_ptr<ports::Socket> socket) override {
    if (connections.size() >= options.connectionsMax) {
      ++counters.refused;
      lines.note(ports::Severity::warning, "full",
                 options.name + ": a connection was turned away, " +
                     std::to_string(options.connectionsMax) + " are open (connectionsMax)");
      return;  // the socket closes
    }
    ++counters.connections;
    const ConnectionId id{++lastConnection};
    auto& connection = connections[id];
    connection = std::make_unique<Connection>(id, std::move(socket), options,
                                              StreamEnv{clock, counters, readSpace},
                                              static_cast<ConnectionOwner&>(*this));
    connection->start();
  }
  void onAcceptTrouble(const std::string& sentence) override {
    lines.note(ports::Severity::error, "accept", options.name + ": " + sentence);
  }

  // The connections.
  Status onMessage(Ticket ticket, BytesView message, MonoTime firstByte) override {
    return processor.onMessage(ticket, message, firstByte);
  }
  void flushLater(ConnectionId id) override {
    if (flushing.insert(id).second) timers.atRoundEnd(*this, id.value);
  }
  void onGone(ConnectionId id, const std::string& reason) override {
    const auto found = connections.find(id);
    assert(found != connections.end());
    const std::unique_ptr<Connection> gone = std::move(found->second);
    connections.erase(found);
    if (!reason.empty()) {
      lines.note(ports::Severity::warning, "closed",
                 options.name + ": closed " + gone->name() + ": " + reason);
    }
    processor.onClosed(id);
  }

  // The processor.
  void reply(Ticket ticket, Bytes frame) override {
    if (Connection* const connection = find(ticket.connection)) {
      connection->reply(ticket.message, std::move(frame), ReplyOrder::Urgency::none);
    } else {
      probe("listener: an answer to nobody");
    }
  }
  void replyFirst(Ticket ticket, Bytes frame) override {
    if (Connection* const connection = find(ticket.connection)) {
      connection->reply(ticket.message, std::move(frame), ReplyOrder::Urgency::first);
    }
  }
  void letOvertake(ConnectionId id) override {
    if (Connection* const connection = find(id)) connection->letOvertake();
  }
  bool hasRoom(ConnectionId id, std::size_t frameBytes) const override {
    const Connection* const connection = find(id);
    return connection == nullptr || connection->hasRoom(frameBytes);
  }
  std::string nameOf(ConnectionId id) const override {
    const Connection* const connection = find(id);
    return connection == nullptr ? "" : connection->name();
  }

  void onTimer(std::uint64_t token) override {
    if (token == sweepToken) return sweep();
    flushing.erase({token});
    if (Connection* const connection = find({token})) connection->flush();
  }

  Connection* find(ConnectionId id) const {
    const auto found = connections.find(id);
    return found == connections.end() ? nullptr : found->second.get();
  }

  // Ending a connection takes it out of the map: the numbers are copied first. The oldest first.
  std::vector<ConnectionId> ids() const {
    std::vector<ConnectionId> out;
    out.reserve(connections.size());
    for (const auto& [id, connection] : connections) out.push_back(id);
    std::ranges::sort(out);
    return out;
  }

  void sweepLater() { timers.wakeAt(clock.now() + sweepEvery(options), *this, sweepToken); }
  void sweep() {
    const MonoTime now = clock.now();
    for (const ConnectionId id : ids()) {
      const std::optional<std::string> reason = connections.at(id)->overdue(now);
      if (reason) onGone(id, *reason);
    }
    sweepLater();
  }

  void drain() {
    port.reset();
    for (const ConnectionId id : ids()) connections.at(id)->drain();
  }

  ListenerOptions options;
  ports::Network& network;
  ports::Clock& clock;
  ports::Timers& timers;
  LineLimiter lines;
  Processor& processor;
  TrafficCounters counters;
  ReadSpace readSpace;
  std::uint64_t lastConnection = 0;
  std::unordered_map<ConnectionId, std::unique_ptr<Connection>> connections;
  std::set<ConnectionId> flushing;             // have asked for this round's end
  std::unique_ptr<ports::ListeningPort> port;  // nullptr once stopped
  std::uint16_t portNumber = 0;
};

Listener::Listener(ListenerOptions options, ports::Network& network, ports::Clock& clock,
                   ports::Timers& timers, ports::Events& events, Processor& processor)
    : impl_(std::make_unique<Impl>(std::move(options), network, clock, timers, events, processor)) {
  processor.attach(impl_.get());
}

Listener::~Listener() {
  impl_->port.reset();
  impl_->processor.attach(nullptr);
  for (const ConnectionId id : impl_->ids()) impl_->onGone(id, "");
}

Status Listener::listen() { return impl_->listen(); }

std::uint16_t Listener::port() const { return impl_->portNumber; }

void Listener::stop() { impl_->port.reset(); }

void Listener::drain() { impl_->drain(); }

bool Listener::idle() const {
  return std::ranges::all_of(impl_->connections,
                             [](const auto& entry) { return entry.second->owesNothing(); });
}

std::size_t Listener::connections() const { return impl_->connections.size(); }

const TrafficCounters& Listener::counters() const { return impl_->counters; }

}  // namespace henge::wire

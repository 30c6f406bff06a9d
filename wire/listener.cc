#include "wire/listener.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cassert>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "wire/acceptor.h"
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
                              public AcceptSink,
                              public ports::TimerSink {
  Impl(ListenerOptions given, boost::asio::io_context& io, ports::Clock& clockPort,
       ports::Timers& timersPort, ports::Events& events, Processor& behind)
      : options(std::move(given)),
        clock(clockPort),
        timers(timersPort),
        lines(clockPort, events),
        processor(behind),
        acceptor(
            std::make_shared<Acceptor>(io, clockPort, timersPort, lines, options.name, *this)) {
    assert(options.frameBytesMax > 0);
    // However large values may be: the largest answer can wait to be sent.
    options.outputBytesMax = std::max<std::size_t>(options.outputBytesMax, options.frameBytesMax);
  }

  // The acceptor.
  void onAccepted(boost::asio::ip::tcp::socket socket) override {
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
    connection = std::make_unique<Connection>(id, std::move(socket), options, clock, counters,
                                              static_cast<ConnectionOwner&>(*this));
    connection->start();
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
      connection->reply(ticket.message, std::move(frame));
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

  // Ending a connection takes it out of the map: the numbers are copied first.
  std::vector<ConnectionId> ids() const {
    std::vector<ConnectionId> out;
    out.reserve(connections.size());
    for (const auto& [id, connection] : connections) out.push_back(id);
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
    acceptor->stop();
    for (const ConnectionId id : ids()) connections.at(id)->drain();
  }

  ListenerOptions options;
  ports::Clock& clock;
  ports::Timers& timers;
  LineLimiter lines;
  Processor& processor;
  TrafficCounters counters;
  std::uint64_t lastConnection = 0;
  std::map<ConnectionId, std::unique_ptr<Connection>> connections;
  std::set<ConnectionId> flushing;  // have asked for this round's end
  std::shared_ptr<Acceptor> acceptor;
};

Listener::Listener(ListenerOptions options, boost::asio::io_context& io, ports::Clock& clock,
                   ports::Timers& timers, ports::Events& events, Processor& processor)
    : impl_(std::make_unique<Impl>(std::move(options), io, clock, timers, events, processor)) {
  processor.attach(impl_.get());
}

Listener::~Listener() {
  impl_->acceptor->close();
  impl_->processor.attach(nullptr);
  for (const ConnectionId id : impl_->ids()) impl_->onGone(id, "");
}

Status Listener::listen() {
  const Status listening = impl_->acceptor->listen(impl_->options.address);
  if (listening.ok()) impl_->sweepLater();
  return listening;
}

std::uint16_t Listener::port() const { return impl_->acceptor->port(); }

void Listener::stop() { impl_->acceptor->stop(); }

void Listener::drain() { impl_->drain(); }

bool Listener::idle() const {
  return std::ranges::all_of(impl_->connections,
                             [](const auto& entry) { return entry.second->owesNothing(); });
}

std::size_t Listener::connections() const { return impl_->connections.size(); }

const TrafficCounters& Listener::counters() const { return impl_->counters; }

}  // namespace henge::wire

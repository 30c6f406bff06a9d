#include "server/app/node.h"

#include <fmt/format.h>
#include <unistd.h>

#include "core/version_text.h"
#include "server/app/exit_codes.h"
#include "server/app/node_parts.h"
#include "server/runtime/signals.h"
#include "wire/thrift_output.h"

namespace henge::app {

namespace {

// Design rule 12: who listens where other machines can reach it has said so.
Status checkReach(const Configuration& configuration, const Member& member) {
  if (configuration.listenRemote) return {};
  for (const Address& address : {member.client, member.peer}) {
    if (address.host == "localhost" || address.host == "::1" || address.host.starts_with("127.")) {
      continue;
    }
    return Error{ErrorKind::mismatch,
                 fmt::format("{} would listen on {}, which other machines can reach; give "
                             "--listen_remote if that is meant",
                             toString(member.id), toString(address))};
  }
  return {};
}

}  // namespace

// The start and the end, step by step; each step ends in the event that begins the next.
class Node::Parts final : private membership::PeerBookSink,
                          private storage::ClockSink,
                          private storage::OpenSink,
                          private storage::DrainSink,
                          private ports::TimerSink {
 public:
  Parts(Configuration configuration, Cluster cluster, Foundation foundation,
        runtime::SeededRandom random, EventLog& events)
      : configuration_(std::move(configuration)),
        cluster_(std::move(cluster)),
        random_(random),
        events_(events),
        loop_(*foundation.loop),
        parts_(configuration_, cluster_, std::move(foundation), random_, events) {}

  ports::ExitCode run() {
    note(fmt::format("starting  henge {}  pid {}  data {}  log_sync {}", softwareVersion,
                     ::getpid(), configuration_.dataDirectory, configuration_.logSync));
    if (configuration_.logSync != "always") {
      warn("--log_sync " + configuration_.logSync +
           ": a power cut loses writes that were answered; always is the safe setting");
    }
    const runtime::Signals signals(loop_, [this](int signal) { beginDrain(signal); });
    parts_.peerBook.open(*this);
    loop_.run();
    return exitCode_;
  }

 private:
  enum class Wake : std::uint64_t { serve, drain };

  void onPeerBookOpened(Status status) override {
    if (!status.ok()) return giveUp(status.error());
    parts_.stamps.open(*this);
  }

  void onClockOpened(Status status) override {
    if (!status.ok()) return giveUp(status.error());
    parts_.storage.open(*this);
  }

  void onOpened(Status status, storage::OpenReport report) override {
    if (!status.ok()) return giveUp(status.error());
    note(fmt::format("recovered {} records of {} segments in {} ms, {} torn bytes cut",
                     report.records, report.segments, report.micros / 1000, report.tornBytes));
    for (const storage::Damage& damage : report.damage) {
      warn("damage    " + damage.reason);
      parts_.peerBook.markRebuilding(damage.reason);
    }
    serveOnceMarked();
  }

  // That this node must rebuild is on disk before anybody is served: the next start will not find
  // the damage again, its file has been moved aside.
  void serveOnceMarked() {
    if (!parts_.peerBook.allSaved()) return wakeIn5Ms(Wake::serve);
    if (draining_) return finishRequests();
    serve();
  }

  void serve() {
    serving_ = true;
    if (const Status status = parts_.peerListener.listen(); !status.ok()) {
      return giveUp(status.error());
    }
    if (const Status status = parts_.clientListener.listen(); !status.ok()) {
      return giveUp(status.error());
    }
    parts_.links.start();
    parts_.census.start();
    const Member& me = *cluster_.find(*configuration_.node);
    note(fmt::format("serving   thrift {}  peers {}", toString(me.client), toString(me.peer)));
    if (const std::string reason = parts_.peerBook.ownReason(); !reason.empty()) {
      warn("no vote   " + reason);
    }
  }

  void beginDrain(int) {
    note(fmt::format("stopping  no new requests; {} in work; a second signal stops at once",
                     parts_.coordinator.operations()));
    draining_ = true;
    parts_.admin.setDraining();
    parts_.clientListener.drain();
    drainUntil_ = loop_.now() + configuration_.drainTimeout;
    if (serving_) finishRequests();
  }

  // Waits for the requests in work, then lets the storage finish.
  void finishRequests() {
    const bool done = parts_.coordinator.operations() == 0 && parts_.clientListener.idle();
    if (!done && loop_.now() < drainUntil_) {
      return wakeIn5Ms(Wake::drain);
    }
    parts_.links.stop();
    parts_.peerListener.stop();
    parts_.storage.drain(*this);
  }

  void onTimer(std::uint64_t token) override {
    token == static_cast<std::uint64_t>(Wake::serve) ? serveOnceMarked() : finishRequests();
  }
  void wakeIn5Ms(Wake wake) {
    loop_.wakeAt(loop_.now() + 5_ms, *this, static_cast<std::uint64_t>(wake));
  }

  void onDrained(Status status) override {
    if (!status.ok()) return giveUp(status.error());
    parts_.stamps.close(*this);
  }

  void onClockClosed() override {
    note("stopped   clean: requests ended, log synced, store flushed");
    loop_.stop();
  }

  void giveUp(const Error& error) {
    events_.note(ports::Severity::error, "stopped   " + error.message);
    exitCode_ = exitCodeOf(error.kind);
    loop_.stop();
  }

  void note(const std::string& line) { events_.note(ports::Severity::info, line); }
  void warn(const std::string& line) { events_.note(ports::Severity::warning, line); }

  Configuration configuration_;
  Cluster cluster_;
  runtime::SeededRandom random_;
  EventLog& events_;
  runtime::Loop& loop_;
  NodeParts parts_;
  ports::ExitCode exitCode_ = ports::ExitCode::ok;
  bool serving_ = false;
  bool draining_ = false;
  MonoTime drainUntil_;
};

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::open(Configuration configuration, Cluster cluster,
                                         EventLog& events) {
  wire::routeThriftOutput([&events](const std::string& line) {
    events.note(ports::Severity::warning, "thrift: " + line);
  });
  const Member* member = cluster.find(*configuration.node);
  if (!member) {
    return Error{ErrorKind::mismatch, fmt::format("{} is not a member of cluster \"{}\"",
                                                  toString(*configuration.node), cluster.name)};
  }
  if (const Status status = checkReach(configuration, *member); !status.ok()) {
    return status.error();
  }
  runtime::SeededRandom random(runtime::systemSeed());
  Result<Foundation> base = layFoundation(configuration, cluster, random, events);
  if (!base.ok()) return base.error();
  return std::unique_ptr<Node>(new Node(std::make_unique<Parts>(
      std::move(configuration), std::move(cluster), std::move(*base), random, events)));
}

ports::ExitCode Node::run() { return parts_->run(); }

}  // namespace henge::app

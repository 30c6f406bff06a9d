#include "server/node/node.h"

#include <fmt/format.h>

#include "server/node/node_parts.h"

namespace henge::node {

// The start and the end, step by step.
class Node::Life final : private membership::PeerBookSink,
                         private storage::ClockSink,
                         private storage::OpenSink,
                         private handoff::HandoffSink,
                         private storage::DrainSink,
                         private ports::TimerSink {
 public:
  Life(NodeOptions options, const Cluster& cluster, OwnIdentity own, Host host, NodeSink& sink)
      : options_(std::move(options)),
        host_(host),
        sink_(sink),
        parts_(options_, cluster, std::move(own), host) {}

  void start() {
    if (options_.storage.logSync != storage::LogSync::always) {
      warn(
          fmt::format("--log_sync {}: a power cut loses writes that were answered; always is the "
                      "safe setting",
                      nameOf(options_.storage.logSync)));
    }
    parts_.peerBook.open(*this);
  }

  void drain() {
    if (draining_) return;
    note(fmt::format("stopping  no new requests; {} in work; a second signal stops at once",
                     parts_.coordinator.operations()));
    draining_ = true;
    parts_.admin.setDraining();
    parts_.clientListener.drain();
    drainUntil_ = host_.clock.now() + options_.drainTimeout;
    if (serving_) stopServing();
  }

  NodeParts& parts() { return parts_; }

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
    if (!status.ok()) {
      const bool refused = !report.damage.empty() && status.error().kind == ErrorKind::corrupt;
      return giveUp(status.error(),
                    refused ? ports::ExitCode::logDamaged : exitCodeOf(status.error().kind));
    }
    note(fmt::format("recovered {} records of {} segments in {} ms, {} torn bytes cut",
                     report.records, report.segments, report.micros / 1000, report.tornBytes));
    // Else, with an older clock file, the first writes would be answered as superseded.
    if (!report.highest.isNone()) parts_.stamps.observe(report.highest);
    if (!options_.storeSetAside.empty()) {
      warn("damage    " + options_.storeSetAside);
      // Nothing is missing if the log reaches back to its first segment.
      if (!report.damage.empty()) parts_.peerBook.markRebuilding(options_.storeSetAside);
    }
    for (const LogDamage& damage : report.unaccepted) {
      warn("damage    " + toString(damage));
      parts_.peerBook.markRebuilding(toString(damage));
    }
    // Also what an earlier start found: it may have died before its marks were on disk.
    if (!report.damage.empty() || !report.unaccepted.empty()) parts_.handoff.mayHaveLost();
    parts_.handoff.open(*this);
  }

  void onHandoffOpened() override { serveOnceMarked(); }

  // That this node must rebuild is on disk before anybody is served.
  void serveOnceMarked() {
    if (!parts_.peerBook.allSaved()) return wakeIn5Ms(Wake::serve);
    if (draining_) return stopServing();
    serve();
  }

  void serve() {
    serving_ = true;
    for (wire::Listener* listener : {&parts_.peerListener, &parts_.clientListener}) {
      if (const Status status = listener->listen(); !status.ok()) return giveUp(status.error());
    }
    parts_.links.start();
    parts_.detector.start();
    parts_.storeDamage.setLinks(&parts_.links);
    parts_.census.start();
    const Member& me = *parts_.ring->cluster().find(options_.self);
    note(fmt::format("serving   thrift {}  peers {}", toString(me.client), toString(me.peer)));
    if (const std::string reason = parts_.peerBook.ownReason(); !reason.empty()) {
      warn("no vote   " + reason);
    }
    sink_.onServing();
  }

  // Whoever waits for hints is answered, or would hold up the stop.
  void stopServing() {
    parts_.handoff.stop();
    finishRequests();
  }

  // Waits for the requests in work, then lets the storage finish. What still waits for a peer ends
  // with its link, and leaves its hints, before the log takes nothing any more.
  void finishRequests() {
    const bool done = parts_.coordinator.operations() == 0 && parts_.clientListener.idle();
    if (!done && host_.clock.now() < drainUntil_) return wakeIn5Ms(Wake::drain);
    parts_.storeDamage.setLinks(nullptr);
    parts_.detector.stop();
    parts_.links.stop();
    parts_.peerListener.stop();
    parts_.handoff.saveMarks();
    parts_.storage.drain(*this);
  }

  void onTimer(std::uint64_t token) override {
    token == static_cast<std::uint64_t>(Wake::serve) ? serveOnceMarked() : finishRequests();
  }
  void wakeIn5Ms(Wake wake) {
    host_.timers.wakeAt(host_.clock.now() + 5_ms, *this, static_cast<std::uint64_t>(wake));
  }

  void onDrained(Status status) override {
    if (!status.ok()) return giveUp(status.error());
    parts_.stamps.close(*this);
  }

  void onClockClosed() override {
    note("stopped   clean: requests ended, log synced, store flushed");
    sink_.onStopped(ports::ExitCode::ok);
  }

  void giveUp(const Error& error) { giveUp(error, exitCodeOf(error.kind)); }
  void giveUp(const Error& error, ports::ExitCode code) {
    host_.events.note(ports::Severity::error, "stopped   " + error.message);
    sink_.onStopped(code);
  }

  void note(const std::string& line) { host_.events.note(ports::Severity::info, line); }
  void warn(const std::string& line) { host_.events.note(ports::Severity::warning, line); }

  const NodeOptions options_;
  Host host_;
  NodeSink& sink_;
  NodeParts parts_;
  bool serving_ = false;
  bool draining_ = false;
  MonoTime drainUntil_;
};

Node::Node(NodeOptions options, const Cluster& cluster, OwnIdentity own, Host host, NodeSink& sink)
    : life_(std::make_unique<Life>(std::move(options), cluster, std::move(own), host, sink)) {}
Node::~Node() = default;

void Node::start() { life_->start(); }
void Node::drain() { life_->drain(); }
NodeParts& Node::parts() { return life_->parts(); }

}  // namespace henge::node

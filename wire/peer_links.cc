#include "wire/peer_links.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

#include "wire/peer_link.h"
#include "wire/ping_pacing.h"

namespace henge::wire {

struct PeerLinks::Impl {
  Impl(PeerLinksOptions given, PeerLinksEnv ports) : options(std::move(given)), env(ports) {
    assert(options.frameBytesMax > 0);
    // However large values may be: one request of the largest can be in flight.
    options.bytesInFlightMax =
        std::max<std::size_t>(options.bytesInFlightMax, options.frameBytesMax);
    pace();
    for (const Member& member : options.cluster->members) {
      if (member.id == options.self) continue;
      links.emplace(member.id,
                    std::make_unique<PeerLink>(options, member, env, streams, codec, alarms));
    }
  }

  void pace() {
    const auto others = std::ranges::count_if(
        options.cluster->members, [&](const Member& member) { return member.id != options.self; });
    const PingPacing paced =
        pacedFor(static_cast<std::size_t>(others), {options.pingAfter, options.silenceMax});
    options.pingAfter = paced.pingAfter;
    options.silenceMax = paced.silenceMax;
  }

  PeerLink& at(NodeId peer) const {
    const auto found = links.find(peer);
    assert(found != links.end() && "this node itself, or no member");
    return *found->second;
  }

  PeerLinksOptions options;
  PeerLinksEnv env;
  TrafficCounters counters;
  ReadSpace readSpace;
  StreamEnv streams{env.clock, counters, readSpace};
  LinkCodec codec;
  LinkAlarms alarms{env.clock, env.timers};
  std::map<NodeId, std::unique_ptr<PeerLink>> links;
};

PeerLinks::PeerLinks(PeerLinksOptions options, PeerLinksEnv env)
    : impl_(std::make_unique<Impl>(std::move(options), env)) {}

PeerLinks::~PeerLinks() = default;

void PeerLinks::start() {
  for (const auto& [peer, link] : impl_->links) link->start();
}

void PeerLinks::stop() {
  for (const auto& [peer, link] : impl_->links) link->stop();
}

void PeerLinks::hurry(NodeId peer) { impl_->at(peer).hurry(); }

void PeerLinks::apply(NodeId to, OpId op, ports::ReplicaSink& sink, ApplyRequest request) {
  impl_->at(to).apply(op, sink, std::move(request));
}

void PeerLinks::fetch(NodeId to, OpId op, ports::ReplicaSink& sink, FetchRequest request) {
  impl_->at(to).fetch(op, sink, std::move(request));
}

void PeerLinks::probe(NodeId peer, OpId op, ports::ProbeSink& sink, MonoTime deadline) {
  impl_->at(peer).probe(op, sink, deadline);
}

void PeerLinks::probeThrough(NodeId relay, NodeId peer, OpId op, ports::ProbeSink& sink,
                             MonoTime deadline) {
  impl_->at(relay).probeThrough(peer, op, sink, deadline);
}

bool PeerLinks::isUp(NodeId peer) const { return impl_->at(peer).isUp(); }

std::size_t PeerLinks::inFlight(NodeId peer) const { return impl_->at(peer).inFlight(); }

const TrafficCounters& PeerLinks::counters() const { return impl_->counters; }

}  // namespace henge::wire

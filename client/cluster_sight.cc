#include "client/cluster_sight.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <thread>

namespace henge::client {

namespace {

Duration left(const ports::Clock& clock, MonoTime deadline) {
  return std::max(Duration{1000}, deadline - clock.now());
}

void look(Dialer& dialer, const ports::Clock& clock, Duration budget, NodeLook& out) {
  const MonoTime deadline = clock.now() + budget;
  Result<std::unique_ptr<NodeSession>> session = dialer.dial(out.address, budget);
  if (!session) {
    out.cause = session.error().message;
    return;
  }
  Result<RingView> ring = (*session)->ring(left(clock, deadline));
  if (!ring) {
    out.cause = ring.error().message;
    return;
  }
  out.ring = *ring;
  const WallTime before = clock.wall();
  Result<NodeStatus> status = (*session)->status(left(clock, deadline));
  const WallTime after = clock.wall();
  if (!status) {
    out.cause = status.error().message;
    return;
  }
  const std::int64_t here = before.micros + (after.micros - before.micros) / 2;
  out.clockOffset = {status->wallTime.micros - here};
  out.status = *status;
}

// ---- what the answers say of one member

const NodeLook* lookAt(const std::vector<const NodeLook*>& looks, const Member& member) {
  for (const NodeLook* one : looks) {
    if (one->ring ? one->ring->node == member.id : one->address == member.client) return one;
  }
  return nullptr;
}

const MemberView* viewOf(const RingView& ring, NodeId node) {
  for (const MemberView& view : ring.members) {
    if (view.member.id == node) return &view;
  }
  return nullptr;
}

// What other nodes say of a member, the most hopeful view first.
struct Hearsay {
  const MemberView* up = nullptr;
  const MemberView* rebuilding = nullptr;
  const MemberView* down = nullptr;
};

Hearsay hearsayOf(const std::vector<const NodeLook*>& looks, NodeId node) {
  Hearsay heard;
  for (const NodeLook* one : looks) {
    if (!one->ring || one->ring->node == node) continue;
    const MemberView* view = viewOf(*one->ring, node);
    if (view == nullptr) continue;
    const MemberView*& kept = view->liveness == Liveness::up           ? heard.up
                              : view->liveness == Liveness::rebuilding ? heard.rebuilding
                                                                       : heard.down;
    if (kept == nullptr) kept = view;
  }
  return heard;
}

MemberState stateOf(const NodeStatus& status) {
  if (status.state == "rebuilding") return MemberState::rebuilding;
  if (status.state == "starting") return MemberState::starting;
  if (status.state == "draining") return MemberState::draining;
  return MemberState::up;
}

void judgeFromItself(MemberSight& sight, const Hearsay& heard) {
  sight.state = stateOf(*sight.status);
  sight.reason = sight.status->stateReason;
  if (sight.state == MemberState::up && heard.rebuilding != nullptr) {
    sight.state = MemberState::rebuilding;
    sight.reason = heard.rebuilding->reason;
  }
  if (sight.state == MemberState::rebuilding && heard.rebuilding != nullptr) {
    sight.since = heard.rebuilding->since;
    if (sight.reason.empty()) sight.reason = heard.rebuilding->reason;
  }
}

void judgeFromOthers(MemberSight& sight, const Hearsay& heard, const std::string& cause) {
  const MemberView* view = heard.up ? heard.up : heard.rebuilding ? heard.rebuilding : heard.down;
  sight.reason = cause;
  if (view == nullptr) return;
  if (view == heard.up) {
    sight.state = MemberState::unreachable;
    return;
  }
  sight.since = view->since;
  if (view == heard.rebuilding) sight.state = MemberState::rebuilding;
  if (sight.reason.empty() || view == heard.rebuilding) {
    sight.reason = view->reason;
  } else if (!view->reason.empty() && view->reason != cause) {
    sight.reason += "; for others: " + view->reason;
  }
}

MemberSight judge(const Member& member, const std::vector<const NodeLook*>& looks) {
  MemberSight sight;
  sight.member = member;
  const NodeLook* own = lookAt(looks, member);
  const Hearsay heard = hearsayOf(looks, member.id);
  if (own != nullptr && own->status) {
    sight.status = own->status;
    sight.clockOffset = own->clockOffset;
    judgeFromItself(sight, heard);
  } else {
    judgeFromOthers(sight, heard, own != nullptr ? own->cause : "");
  }
  return sight;
}

// ---- the whole

std::vector<const NodeLook*> ofOneCluster(const std::vector<NodeLook>& looks, ClusterSight& sight) {
  std::vector<const NodeLook*> kept;
  const RingView* first = nullptr;
  for (const NodeLook& one : looks) {
    if (one.ring && first == nullptr) first = &*one.ring;
  }
  assert(first != nullptr);
  sight.cluster = first->cluster;
  for (const NodeLook& one : looks) {
    if (one.ring && one.ring->cluster.id != first->cluster.id) {
      sight.remarks.push_back(fmt::format("{} belongs to another cluster, \"{}\": left out",
                                          toString(one.address), one.ring->cluster.name));
      continue;
    }
    if (one.ring && one.ring->ringHash != first->ringHash) {
      sight.remarks.push_back(fmt::format("{} and {} do not agree on the members of the ring",
                                          toString(first->node), toString(one.ring->node)));
    }
    kept.push_back(&one);
  }
  return kept;
}

void remarkOneSided(const std::vector<const NodeLook*>& looks, ClusterSight& sight) {
  for (const MemberSight& member : sight.members) {
    std::string blind, why;
    for (const NodeLook* one : looks) {
      if (!one->ring || one->ring->node == member.member.id) continue;
      const MemberView* view = viewOf(*one->ring, member.member.id);
      const bool down = view != nullptr && view->liveness == Liveness::down;
      if (!down) continue;
      blind += (blind.empty() ? "" : " ") + toString(one->ring->node);
      if (why.empty()) why = view->reason;
    }
    if (blind.empty() || !member.alive()) continue;
    sight.remarks.push_back(fmt::format("{} is up, but not for {}{}", toString(member.member.id),
                                        blind, why.empty() ? "" : ": " + why));
  }
}

// Up, but reads ask it last.
void remarkSlow(const std::vector<const NodeLook*>& looks, ClusterSight& sight) {
  for (const MemberSight& member : sight.members) {
    for (const NodeLook* one : looks) {
      const MemberView* view = one->ring ? viewOf(*one->ring, member.member.id) : nullptr;
      if (view == nullptr || !view->slow || view->liveness != Liveness::up) continue;
      sight.remarks.push_back(fmt::format("{} is asked last by {}: {}", toString(member.member.id),
                                          toString(one->ring->node), view->reason));
    }
  }
}

void addRanges(ClusterSight& sight) {
  const Ring ring(sight.cluster);
  for (const RingRange& range : ring.ranges()) {
    RangeSight seen{range, {}, 0};
    for (const NodeId node : range.replicas) seen.alive += sight.member(node).alive() ? 1 : 0;
    const MemberSight& owner = sight.member(range.replicas.front());
    if (owner.status) {
      const auto count = owner.status->counters.find(rangeKeysCounter(range.first));
      if (count != owner.status->counters.end() && count->second >= 0) seen.keys = count->second;
    }
    sight.ranges.push_back(std::move(seen));
  }
}

std::string causesOf(const std::vector<NodeLook>& looks) {
  std::string text;
  for (const NodeLook& one : looks) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", toString(one.address), one.cause);
  }
  return text;
}

}  // namespace

const MemberSight& ClusterSight::member(NodeId node) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [node](const MemberSight& m) { return m.member.id == node; });
  assert(found != members.end());
  return *found;
}

int ClusterSight::answered() const {
  return static_cast<int>(std::count_if(members.begin(), members.end(),
                                        [](const MemberSight& m) { return m.status.has_value(); }));
}

std::string_view nameOf(MemberState state) {
  switch (state) {
    case MemberState::up:
      return "up";
    case MemberState::unreachable:
      return "unreachable";
    case MemberState::rebuilding:
      return "rebuilding";
    case MemberState::starting:
      return "starting";
    case MemberState::draining:
      return "draining";
    case MemberState::down:
      return "down";
  }
  return "unknown";
}

std::string rangeKeysCounter(const Bytes& firstToken) { return "range_keys." + toHex(firstToken); }

std::vector<NodeLook> lookAtAll(Dialer& dialer, const std::vector<Address>& addresses,
                                const ports::Clock& clock, Duration budget) {
  std::vector<NodeLook> looks(addresses.size());
  std::vector<std::thread> askers;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    looks[i].address = addresses[i];
    askers.emplace_back(
        [&dialer, &clock, budget, &one = looks[i]] { look(dialer, clock, budget, one); });
  }
  for (std::thread& asker : askers) asker.join();
  return looks;
}

ClusterSight sightFrom(const std::vector<NodeLook>& looks) {
  ClusterSight sight;
  const std::vector<const NodeLook*> ours = ofOneCluster(looks, sight);
  for (const Member& member : sight.cluster.members) sight.members.push_back(judge(member, ours));
  addRanges(sight);
  remarkOneSided(ours, sight);
  remarkSlow(ours, sight);
  for (const NodeLook* one : ours) {
    if (!one->ring) continue;
    for (const MemberView& view : one->ring->members) {
      if (view.writer != 0) sight.writers[view.writer] = view.member.id;
    }
  }
  return sight;
}

Result<ClusterSight> seeCluster(Dialer& dialer, const std::vector<Address>& addresses,
                                const ports::Clock& clock, Duration budget) {
  std::vector<NodeLook> looks = lookAtAll(dialer, addresses, clock, budget);
  const auto first = std::find_if(looks.begin(), looks.end(),
                                  [](const NodeLook& one) { return one.ring.has_value(); });
  if (first == looks.end()) {
    return Error{ErrorKind::unavailable, "no node answered: " + causesOf(looks)};
  }
  Status sound = validate(first->ring->cluster);
  if (!sound.ok()) {
    return Error{ErrorKind::corrupt, fmt::format("{} describes a ring that cannot be: {}",
                                                 toString(first->address), sound.error().message)};
  }
  std::vector<Address> others;
  for (const Member& member : first->ring->cluster.members) {
    const bool asked = std::any_of(looks.begin(), looks.end(), [&member](const NodeLook& one) {
      return one.ring ? one.ring->node == member.id : one.address == member.client;
    });
    if (!asked) others.push_back(member.client);
  }
  for (NodeLook& one : lookAtAll(dialer, others, clock, budget)) looks.push_back(std::move(one));
  return sightFrom(looks);
}

}  // namespace henge::client

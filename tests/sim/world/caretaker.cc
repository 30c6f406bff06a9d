#include "tests/sim/world/caretaker.h"

#include <algorithm>

#include "server/node/node_parts.h"
#include "tests/sim/world/world.h"

namespace henge::sim {

namespace {

constexpr Duration every = 500_ms;
constexpr Duration readDeadline = 2_s;

}  // namespace

void Caretaker::begin(SimClient& client) {
  client_ = &client;
  world_.heap_.wakeAt(world_.heap_.now() + every, *this, 0);
}

bool Caretaker::isHeldBack(std::uint32_t node) const {
  return std::any_of(world_.machines_.begin(), world_.machines_.end(), [&](const auto& machine) {
    return machine->isServing() &&
           machine->parts()->peerBook.upSet().of(NodeId{node}) == Liveness::rebuilding;
  });
}

void Caretaker::onTimer(std::uint64_t) {
  world_.heap_.wakeAt(world_.heap_.now() + every, *this, 0);
  if (!patient_) choosePatient();
  if (!patient_ || reading_) return;
  if (!world_.machines_[*patient_]->isServing() || !isHeldBack(*patient_)) {
    patient_.reset();
    return;
  }
  readNext();
}

// Not at once: a node that is merely new sorts itself out.
void Caretaker::choosePatient() {
  const auto nodes = static_cast<std::uint32_t>(world_.machines_.size());
  for (std::uint32_t i = 0; i < nodes; ++i) {
    const auto node = static_cast<std::uint32_t>((turn_ + i) % nodes);
    if (!world_.machines_[node]->isServing() || !isHeldBack(node)) continue;
    patient_ = node;
    nextKey_ = 0;
    ++turn_;
    return;
  }
}

std::uint32_t Caretaker::anyOtherNode() {
  const auto nodes = static_cast<std::uint32_t>(world_.machines_.size());
  for (std::uint32_t i = 0; i < nodes; ++i) {
    const auto node = static_cast<std::uint32_t>(++turn_ % nodes);
    if (node != *patient_ && world_.machines_[node]->isServing()) return node;
  }
  return *patient_;
}

void Caretaker::readNext() {
  const auto& keys = world_.keys_.keys;
  while (nextKey_ < keys.size()) {
    const auto& replicas = world_.ring_.replicasOf(keys[nextKey_]);
    if (std::find(replicas.begin(), replicas.end(), NodeId{*patient_}) != replicas.end()) break;
    ++nextKey_;
  }
  if (nextKey_ == keys.size()) return acceptEverywhere();
  reading_ = 0;  // it may end inside the call
  client_->ask(ClientVerb::get, nextKey_, Consistency::quorum, anyOtherNode(), readDeadline);
}

void Caretaker::onEnded(std::uint64_t, ClientEnd end) {
  if (end != ClientEnd::ok) {
    world_.trace_.line(world_.heap_.now(), Trace::world,
                       "caretaker: key " + std::to_string(nextKey_) + " cannot be read");
  }
  reading_.reset();
  if (end == ClientEnd::ok) {
    ++nextKey_;
  } else if (!world_.replicaOracle_.isDoubtful(*patient_)) {
    // Nothing happened to it since it was accepted: somebody else came back who did not know that.
    acceptEverywhere();
  }
}

// The others first: it is the last to believe that it may vote. Who has not met it yet in its new
// directory says so, and is asked again.
void Caretaker::acceptEverywhere() {
  if (!world_.allServing()) return;
  const std::uint32_t node = *patient_;
  bool everywhere = true;
  for (std::uint32_t n = 0; n < world_.machines_.size(); ++n) {
    if (n != node) everywhere = acceptAt(n) && everywhere;
  }
  if (!everywhere || !acceptAt(node)) return;
  patient_.reset();
}

// From the first word on its vote may count.
bool Caretaker::acceptAt(std::uint32_t at) {
  const DirectoryId directory = world_.machines_[*patient_]->directory();
  const auto said = world_.machines_[at]->parts()->admin.accept(NodeId{*patient_}, directory);
  world_.trace_.line(world_.heap_.now(), at,
                     "accept: " + (said.ok() ? *said : said.error().message));
  if (said.ok() && world_.replicaOracle_.isDoubtful(*patient_)) {
    world_.replicaOracle_.onAccepted(*patient_);
  }
  return said.ok();
}

}  // namespace henge::sim

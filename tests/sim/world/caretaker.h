// The operator: brings a node that has lost its data back into the quorums, as docs/operations.md
// says – read every key at QUORUM first, then accept.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "tests/sim/world/client.h"

namespace henge::sim {

class World;

// One patient at a time. While it does not vote, a quorum read of a key puts the newest on Q of the
// others; when every key was read so, nothing that was answered OK is missed by a quorum that
// counts the patient again. Looks around twice a second.
class Caretaker final : public ClientSink, private ports::TimerSink {
 public:
  explicit Caretaker(World& world) : world_(world) {}

  void begin(SimClient& client);
  bool isIdle() const { return !patient_; }

  // Somebody holds something against the node, or it does so itself.
  bool isHeldBack(std::uint32_t node) const;

 private:
  void onTimer(std::uint64_t token) override;
  void onEnded(std::uint64_t op, ClientEnd end) override;
  void choosePatient();
  void readNext();
  void acceptEverywhere();
  bool acceptAt(std::uint32_t at);
  std::uint32_t anyOtherNode();

  World& world_;
  SimClient* client_ = nullptr;
  std::optional<std::uint32_t> patient_;
  std::uint64_t turn_ = 0;
  std::size_t nextKey_ = 0;
  std::optional<std::uint64_t> reading_;  // the operation
};

}  // namespace henge::sim

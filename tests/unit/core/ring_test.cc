#include "core/ring.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <set>

#include "core/key_text.h"
#include "tests/golden/script_runner.h"
#include "tests/unit/core/script_cluster.h"

namespace henge {
namespace {

std::string rangesOf(const Ring& ring) {
  std::string out;
  for (const RingRange& range : ring.ranges()) {
    out += "[" + toHex(range.first) + ", " + toHex(range.end) + ") " +
           golden::listOf(range.replicas) + "\n";
  }
  return out;
}

TEST(Ring, script) {
  std::optional<Ring> ring;
  golden::runScript("ring.txt", [&](const golden::Command& command) -> std::string {
    if (command.name() == "cluster") {
      Cluster cluster = clusterOf(command);
      if (Status status = validate(cluster); !status) return "refused: " + status.error().message;
      ring.emplace(cluster);
      return rangesOf(*ring);
    }
    std::string out;
    for (const std::string& text : command.words()) {
      Bytes key = parseKeyText(text).value();
      out += text + " at " + toHex(ring->positionOf(key)) + " " +
             golden::listOf(ring->replicasOf(key)) + "\n";
    }
    return out;
  });
}

TEST(Ring, fourNodesKeepOneByteKeysAsTheFirstExampleSays) {
  Ring ring(clusterOf({"00", "40", "80", "c0"}, 3));
  EXPECT_EQ(ring.replicasOf(Bytes(1, '\0')), (std::vector<NodeId>{{0}, {1}, {2}}));
  EXPECT_EQ(ring.replicasOf("\x89"), (std::vector<NodeId>{{2}, {3}, {0}}));
}

TEST(Ring, orderedKeysStandInTheOrderOfTheirPositions) {
  EXPECT_EQ(orderedKey(Partitioner::bytes, "k"), "k");
  Bytes position;
  appendBigEndian64(position, hash64("k"));
  EXPECT_EQ(orderedKey(Partitioner::hash, "k"), position + "k");
  Cluster cluster = clusterOf({"00"}, 1);
  cluster.partitioner = Partitioner::hash;
  EXPECT_EQ(Ring(cluster).positionOf("k"), position);
}

TEST(RingDeathTest, aClusterThatIsNotValidIsAProgrammingError) {
  EXPECT_DEATH(Ring(clusterOf({"00"}, 2)), "validate");
}

// ---- the stupid twin

// Who owns a position: the greatest token not above it, else the greatest of all; then clockwise.
std::vector<const Member*> clockwise(const Cluster& cluster, BytesView position) {
  std::vector<std::pair<Bytes, const Member*>> below, above;
  for (const Member& member : cluster.members) {
    for (const Bytes& token : member.tokens) {
      (token <= position ? below : above).push_back({token, &member});
    }
  }
  std::sort(below.begin(), below.end());
  std::sort(above.begin(), above.end());
  auto& last = below.empty() ? above : below;
  std::vector<const Member*> walk{last.back().second};
  for (auto* part : {&above, &below}) {
    for (auto& entry : *part) walk.push_back(entry.second);
  }
  return walk;
}

std::vector<NodeId> replicasByScan(const Cluster& cluster, BytesView position) {
  bool zones = std::any_of(cluster.members.begin(), cluster.members.end(),
                           [](const Member& member) { return !member.zone.empty(); });
  std::vector<const Member*> walk = clockwise(cluster, position);
  std::vector<NodeId> replicas;
  std::set<std::string> used;
  for (bool anyZone : {!zones, true}) {
    for (const Member* member : walk) {
      bool isFull = static_cast<int>(replicas.size()) == cluster.replication;
      bool isTaken = std::find(replicas.begin(), replicas.end(), member->id) != replicas.end();
      if (isFull || isTaken || (!anyZone && used.count(member->zone))) continue;
      replicas.push_back(member->id);
      used.insert(member->zone);
    }
  }
  return replicas;
}

class RandomRings {
 public:
  explicit RandomRings(std::uint64_t seed) : random_(seed) {}

  Cluster cluster() {
    Cluster cluster = clusterOf(std::vector<std::string>{}, 1);
    cluster.partitioner = below(2) ? Partitioner::hash : Partitioner::bytes;
    std::uint32_t members = 1 + below(7);
    cluster.replication = static_cast<int>(1 + below(members));
    std::uint32_t zones = below(5);
    std::set<Bytes> taken;
    for (std::uint32_t node = 0; node < members; ++node) {
      std::string zone = zones == 0 ? "" : std::string(below(zones + 1), 'z');
      cluster.members.push_back(memberOf(node, tokens(taken), zone));
    }
    return cluster;
  }

  // Positions at, just below and just above tokens are where mistakes are.
  Bytes key(const Cluster& cluster) {
    const Member& member =
        cluster.members[below(static_cast<std::uint32_t>(cluster.members.size()))];
    Bytes key = below(3) ? member.tokens[below(static_cast<std::uint32_t>(member.tokens.size()))]
                         : bytes(3);
    std::uint32_t change = below(4);
    if (change == 0) key.push_back('\0');
    if (change == 1 && !key.empty()) key.pop_back();
    if (change == 2 && !key.empty()) ++key.back();
    return key;
  }

 private:
  std::uint32_t below(std::uint32_t limit) {
    return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random_);
  }

  Bytes bytes(std::uint32_t sizeMax) {
    Bytes out(below(sizeMax + 1), '\0');
    for (char& c : out) c = static_cast<char>(below(256));
    return out;
  }

  std::vector<Bytes> tokens(std::set<Bytes>& taken) {
    std::vector<Bytes> tokens;
    std::uint32_t count = 1 + below(16);
    while (tokens.size() < count) {
      Bytes token = bytes(below(8) ? 2 : 8);
      if (taken.insert(token).second) tokens.push_back(token);
    }
    return tokens;
  }

  std::mt19937_64 random_;
};

TEST(Ring, replicasAreThoseOfALinearScan) {
  RandomRings random(20260101);
  for (int round = 0; round < 50'000; ++round) {
    Ring ring(random.cluster());
    for (int i = 0; i < 4; ++i) {
      Bytes key = random.key(ring.cluster());
      ASSERT_EQ(ring.replicasOf(key), replicasByScan(ring.cluster(), ring.positionOf(key)))
          << "round " << round << ", key " << toHex(key) << "\n"
          << rangesOf(ring);
    }
  }
}

TEST(Ring, everyTokenBeginsARangeThatEndsAtTheNext) {
  RandomRings random(7);
  for (int round = 0; round < 1'000; ++round) {
    Ring ring(random.cluster());
    std::size_t tokens = 0;
    for (const Member& member : ring.cluster().members) {
      tokens += member.tokens.size();
      for (const Bytes& token : member.tokens) {
        auto begins = [&](const RingRange& range) { return range.first == token; };
        auto range = std::find_if(ring.ranges().begin(), ring.ranges().end(), begins);
        ASSERT_NE(range, ring.ranges().end());
        ASSERT_EQ(range->replicas.front(), member.id);
      }
    }
    ASSERT_EQ(ring.ranges().size(), tokens);
    for (std::size_t i = 0; i < tokens; ++i) {
      ASSERT_EQ(ring.ranges()[i].end, ring.ranges()[(i + 1) % tokens].first);
      ASSERT_EQ(ring.ranges()[i].replicas.size(), static_cast<std::size_t>(ring.replication()));
    }
  }
}

}  // namespace
}  // namespace henge

#include "client/library/node_choice.h"

#include <array>
#include <gtest/gtest.h>
#include <vector>

namespace henge::library {
namespace {

Candidate up() {
  Candidate node;
  node.isUp = true;
  return node;
}

TEST(NodeChoice, nobodyIsThere) {
  EXPECT_EQ(chooseNode({}, 7), std::nullopt);
  Candidate asked = up();
  asked.isAsking = true;
  const std::vector<Candidate> nodes = {Candidate(), asked};
  EXPECT_EQ(chooseNode(nodes, 1), std::nullopt);
}

TEST(NodeChoice, trustBeforeTriesBeforeReplicaBeforeLoad) {
  std::vector<Candidate> nodes(2, up());
  nodes[0].inFlight = 1;
  EXPECT_EQ(chooseNode(nodes, 0), 1u);
  nodes[0].isReplica = true;
  EXPECT_EQ(chooseNode(nodes, 0), 0u);
  nodes[0].tries = 1;
  EXPECT_EQ(chooseNode(nodes, 0), 1u);
  nodes[1].isSuspect = true;
  EXPECT_EQ(chooseNode(nodes, 0), 0u);
}

TEST(NodeChoice, equalOnesTakeTurns) {
  const std::vector<Candidate> nodes(3, up());
  std::array<int, 3> chosen{};
  for (std::size_t turn = 0; turn < 30; ++turn) ++chosen[*chooseNode(nodes, turn)];
  EXPECT_EQ(chosen, (std::array<int, 3>{10, 10, 10}));
}

}  // namespace
}  // namespace henge::library

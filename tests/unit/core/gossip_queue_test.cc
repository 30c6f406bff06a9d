#include "core/gossip_queue.h"

#include <gtest/gtest.h>

namespace henge {
namespace {

Claim suspect(std::uint32_t about, std::uint32_t by, std::uint64_t refuted = 0) {
  return {{about}, Standing::suspect, {1, refuted}, {by}};
}

TEST(GossipQueue, tellsEachClaimOnlySoOften) {
  GossipQueue queue(5);
  EXPECT_EQ(queue.tellingsMax(), 12);
  queue.add(suspect(2, 0));
  for (int i = 0; i < 12; ++i) EXPECT_EQ(queue.take(8, {1}).size(), 1U) << i;
  EXPECT_TRUE(queue.take(8, {1}).empty());
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_EQ(GossipQueue(1000).tellingsMax(), 40);
}

TEST(GossipQueue, whatWasToldLeastOftenComesFirst) {
  GossipQueue queue(5);
  for (std::uint32_t about = 2; about < 6; ++about) queue.add(suspect(about, 0));
  std::vector<std::uint32_t> order;
  for (int i = 0; i < 4; ++i) {
    for (const Claim& claim : queue.take(2, {1})) order.push_back(claim.about.value);
  }
  EXPECT_EQ(order, (std::vector<std::uint32_t>{5, 4, 3, 2, 3, 2, 5, 4}));
}

TEST(GossipQueue, whatIsOverruledIsToldNoMore) {
  GossipQueue queue(5);
  queue.add(suspect(2, 0));
  queue.add(suspect(2, 3));  // another accuser: both are told
  queue.add(suspect(4, 0));
  EXPECT_EQ(queue.size(), 3U);
  queue.add({{2}, Standing::alive, {1, 1}, {2}});
  EXPECT_EQ(queue.size(), 2U);
  queue.add(suspect(4, 0));
  EXPECT_EQ(queue.size(), 2U) << "a copy is told once";
}

TEST(GossipQueue, nobodyIsToldItsOwnWord) {
  GossipQueue queue(5);
  queue.add(suspect(2, 1));
  queue.add({{3}, Standing::alive, {1, 1}, {3}});
  EXPECT_EQ(queue.take(8, {1}), (std::vector<Claim>{{{3}, Standing::alive, {1, 1}, {3}}}));
  EXPECT_EQ(queue.take(8, {3}), (std::vector<Claim>{suspect(2, 1)}));
}

}  // namespace
}  // namespace henge

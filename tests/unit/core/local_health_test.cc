#include "core/local_health.h"

#include <gtest/gtest.h>

namespace henge {
namespace {

TEST(LocalHealth, theWorseTheMorePatient) {
  LocalHealth health;
  EXPECT_EQ(health.scaled(100_ms), 100_ms);
  health.worse();
  EXPECT_EQ(health.scaled(100_ms), 200_ms);
  health.worse(3);
  EXPECT_EQ(health.score(), 4);
  EXPECT_EQ(health.scaled(100_ms), 500_ms);
  health.better();
  EXPECT_EQ(health.scaled(100_ms), 400_ms);
}

TEST(LocalHealth, hasTwoEnds) {
  LocalHealth health;
  health.better();
  EXPECT_EQ(health.score(), 0);
  health.worse(100);
  EXPECT_EQ(health.score(), LocalHealth::worst);
}

}  // namespace
}  // namespace henge

#include "core/log_view.h"

#include <gtest/gtest.h>

namespace henge {
namespace {

LogDamage damageOf(std::optional<KeyBounds> keys, std::optional<std::uint64_t> records) {
  return {"log/0/segment-7.log", 512, "what stood here was synced", std::move(keys), records};
}

TEST(LogView, DamageIsToldWithFilePlaceAndKeys) {
  EXPECT_EQ(toString(damageOf(KeyBounds{"a", "c"}, 3)),
            "log/0/segment-7.log is damaged at 512: what stood here was synced; may be lost: up to "
            "3 records, keys a to c");
  EXPECT_EQ(toString(damageOf(KeyBounds{Bytes(1, '\0'), "x y"}, 1)),
            "log/0/segment-7.log is damaged at 512: what stood here was synced; may be lost: up to "
            "1 record, keys x'00' to \"x y\"");
  EXPECT_EQ(toString(damageOf(std::nullopt, std::nullopt)),
            "log/0/segment-7.log is damaged at 512: what stood here was synced; may be lost: any "
            "key of this node");
}

TEST(LogView, BoundsHoldBothEndsAndWhatACutKeyStandsFor) {
  const KeyBounds bounds{"b", Bytes(KeyBounds::cutAt, 'd')};
  EXPECT_FALSE(bounds.hold("a"));
  EXPECT_TRUE(bounds.hold("b"));
  EXPECT_TRUE(bounds.hold("c"));
  EXPECT_TRUE(bounds.hold(Bytes(100, 'd')));
  EXPECT_FALSE(bounds.hold("e"));
  EXPECT_TRUE(keysText(bounds).ends_with("d…"));
}

TEST(LogView, ALongLeastKeyIsABoundAllTheSame) {
  const Bytes key(100, 'k');
  EXPECT_TRUE((KeyBounds{key.substr(0, KeyBounds::cutAt), "z"}.hold(key)));
}

}  // namespace
}  // namespace henge

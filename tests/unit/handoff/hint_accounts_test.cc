#include "server/handoff/hint_accounts.h"

#include <gtest/gtest.h>

namespace henge::handoff {
namespace {

Hint hintOf(std::uint32_t target, std::int64_t keptAt) {
  Hint hint;
  hint.id = {{target}, static_cast<std::uint64_t>(keptAt)};
  hint.keptAt = {keptAt};
  hint.record.key = "key";
  return hint;
}

TEST(HintAccounts, CountWhatIsKeptAndWhatBecameOfIt) {
  HintAccounts accounts;
  const std::uint64_t each = hintOf(1, 1).bytes();
  accounts.found(hintOf(1, 10));
  accounts.kept(hintOf(1, 20));
  accounts.kept(hintOf(2, 30));
  accounts.dropped({3});
  EXPECT_EQ(accounts.of({1}).count, 2u);
  EXPECT_EQ(accounts.of({1}).kept, 1u) << "the other is of an earlier start";
  EXPECT_EQ(accounts.bytes(), 3 * each);
  EXPECT_EQ(accounts.of({3}).dropped, 1u);
  EXPECT_EQ(accounts.of({9}).count, 0u);
  accounts.ended({1}, each, HintEnd::delivered, {10});
  accounts.ended({2}, each, HintEnd::expired, {30});
  EXPECT_EQ(accounts.of({1}).delivered, 1u);
  EXPECT_EQ(accounts.of({2}).expired, 1u);
  EXPECT_EQ(accounts.bytes(), each);
  const HintAccount total = accounts.total();
  EXPECT_EQ(total.count, 1u);
  EXPECT_EQ(total.bytes, each);
  EXPECT_EQ(total.kept, 2u);
  EXPECT_EQ(total.dropped, 1u);
}

TEST(HintAccounts, NothingKeptIsOlderThanTheOldest) {
  HintAccounts accounts;
  const std::uint64_t each = hintOf(1, 1).bytes();
  for (const std::int64_t keptAt : {20, 10, 30}) accounts.kept(hintOf(1, keptAt));
  EXPECT_EQ(accounts.of({1}).oldest.micros, 10);
  accounts.ended({1}, each, HintEnd::cancelled, {});
  EXPECT_EQ(accounts.of({1}).oldest.micros, 10) << "nobody knows of another";
  accounts.ended({1}, each, HintEnd::delivered, {20});
  EXPECT_EQ(accounts.of({1}).oldest.micros, 20);
  accounts.ended({1}, each, HintEnd::refused, {30});
  EXPECT_EQ(accounts.of({1}).oldest.micros, 0) << "none is kept";
  EXPECT_EQ(accounts.of({1}).refused, 1u);
  EXPECT_EQ(accounts.of({1}).cancelled, 1u);
}

}  // namespace
}  // namespace henge::handoff

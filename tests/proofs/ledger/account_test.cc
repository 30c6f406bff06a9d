#include "tests/proofs/ledger/account.h"

#include <gtest/gtest.h>

namespace henge::proofs {
namespace {

TEST(Account, EverySecondWriteIsOfAKeyOfItsOwn) {
  Account account("w");
  EXPECT_EQ(account.nextKey(), "w/own/0");
  EXPECT_EQ(account.nextKey(), "w/hot/0");
  EXPECT_EQ(account.nextKey(), "w/own/2");
  EXPECT_EQ(account.nextKey(), "w/hot/1");
}

TEST(Account, WhatWasAcknowledgedMustBeThere) {
  Account account("w");
  const Bytes key = account.nextKey();
  EXPECT_EQ(account.tryNext(key), 1U);
  account.acknowledge(key);
  EXPECT_EQ(account.tryNext(key), 2U);
  const Account::Entry entry = account.entries().at(key);
  using Verdict = Account::Verdict;
  EXPECT_EQ(Account::judge(entry, std::nullopt), Verdict::lost);
  EXPECT_EQ(Account::judge(entry, Account::valueOf(1)), Verdict::good);
  EXPECT_EQ(Account::judge(entry, Account::valueOf(2)), Verdict::good);  // unknown: may be there
  EXPECT_EQ(Account::judge(entry, Account::valueOf(3)), Verdict::strange);
  EXPECT_EQ(Account::judge(entry, Bytes("else")), Verdict::strange);
}

TEST(Account, WhatWasNeverAcknowledgedMayBeMissing) {
  Account account("w");
  const Bytes key = account.nextKey();
  account.tryNext(key);
  EXPECT_EQ(Account::judge(account.entries().at(key), std::nullopt), Account::Verdict::good);
}

TEST(Account, AnOlderAcknowledgedNumberIsALoss) {
  Account account("w");
  const Bytes key = account.nextKey();
  for (int n = 0; n < 2; ++n) {
    account.tryNext(key);
    account.acknowledge(key);
  }
  EXPECT_EQ(Account::judge(account.entries().at(key), Account::valueOf(1)), Account::Verdict::lost);
}

}  // namespace
}  // namespace henge::proofs

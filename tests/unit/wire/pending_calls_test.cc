#include "wire/pending_calls.h"

#include <gtest/gtest.h>

namespace henge::wire {
namespace {

PendingCall callUntil(std::int64_t deadline, std::uint64_t op = 0, std::size_t bytes = 10) {
  PendingCall call;
  call.deadline = {deadline};
  call.op = {op};
  call.bytes = bytes;
  return call;
}

TEST(PendingCalls, givesEachCallOnce) {
  PendingCalls calls;
  const std::int32_t first = calls.nextSeqid();
  calls.add(first, callUntil(100, 7));
  const std::int32_t second = calls.nextSeqid();
  EXPECT_NE(first, second);
  calls.add(second, callUntil(50, 8));
  EXPECT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls.bytes(), 20U);
  EXPECT_EQ(calls.take(first)->op.value, 7U);
  EXPECT_FALSE(calls.take(first));
  EXPECT_FALSE(calls.take(12345));
  EXPECT_EQ(calls.bytes(), 10U);
}

TEST(PendingCalls, givesTheExpiredInOrderOfTheirDeadlines) {
  PendingCalls calls;
  for (const std::int64_t deadline : {300, 100, 200}) {
    calls.add(calls.nextSeqid(), callUntil(deadline, static_cast<std::uint64_t>(deadline)));
  }
  EXPECT_EQ(calls.nextDeadline()->micros, 100);
  EXPECT_FALSE(calls.takeExpired({99}));
  EXPECT_EQ(calls.takeExpired({200})->op.value, 100U);
  EXPECT_EQ(calls.takeExpired({200})->op.value, 200U);
  EXPECT_FALSE(calls.takeExpired({200}));
  EXPECT_EQ(calls.nextDeadline()->micros, 300);
}

TEST(PendingCalls, countsRequestsApartFromProbes) {
  PendingCalls calls;
  std::vector<std::int32_t> seqids;
  for (const CallKind kind :
       {CallKind::hello, CallKind::ping, CallKind::pingReq, CallKind::apply, CallKind::fetch}) {
    seqids.push_back(calls.nextSeqid());
    calls.add(seqids.back(), {.kind = kind, .deadline = {1}});
  }
  EXPECT_EQ(calls.size(), 5U);
  EXPECT_EQ(calls.requests(), 2U);
  calls.take(seqids[1]);
  EXPECT_EQ(calls.requests(), 2U);
  calls.take(seqids[3]);
  EXPECT_EQ(calls.requests(), 1U);
  EXPECT_EQ(calls.takeAll().size(), 3U);
  EXPECT_EQ(calls.requests(), 0U);
}

TEST(PendingCalls, givesAllWhenTheLinkGoes) {
  PendingCalls calls;
  for (const std::int64_t deadline : {3, 1, 2}) calls.add(calls.nextSeqid(), callUntil(deadline));
  const std::vector<PendingCall> all = calls.takeAll();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].deadline.micros, 1);
  EXPECT_EQ(all[2].deadline.micros, 3);
  EXPECT_EQ(calls.size(), 0U);
  EXPECT_EQ(calls.bytes(), 0U);
  EXPECT_FALSE(calls.nextDeadline());
}

TEST(PendingCalls, remembersTheExpiredUntilTheyAreAnswered) {
  PendingCalls calls;
  const std::int32_t seqid = calls.nextSeqid();
  calls.add(seqid, callUntil(100, 7));
  EXPECT_FALSE(calls.takeLate(seqid));
  EXPECT_TRUE(calls.takeExpired({100}));
  EXPECT_EQ(calls.size(), 0U);
  EXPECT_FALSE(calls.take(seqid));
  EXPECT_EQ(calls.takeLate(seqid)->op.value, 7U);
  EXPECT_FALSE(calls.takeLate(seqid));
}

// What it says has been asked of another one long since.
TEST(PendingCalls, aFetchIsForgottenWithItsDeadline) {
  PendingCalls calls;
  const std::int32_t seqid = calls.nextSeqid();
  calls.add(seqid, {.kind = CallKind::fetch, .deadline = {100}});
  EXPECT_TRUE(calls.takeExpired({100}));
  EXPECT_FALSE(calls.takeLate(seqid));
}

TEST(PendingCalls, forgetsTheExpiredBeyondItsLimitAndWithTheLink) {
  PendingCalls calls;
  const std::int32_t first = calls.nextSeqid();
  calls.add(first, callUntil(1));
  std::int32_t last = 0;
  for (std::size_t i = 0; i < PendingCalls::lateMax; ++i) {
    last = calls.nextSeqid();
    calls.add(last, callUntil(2));
  }
  while (calls.takeExpired({2})) {
  }
  EXPECT_FALSE(calls.takeLate(first));
  EXPECT_TRUE(calls.takeAll().empty());
  EXPECT_FALSE(calls.takeLate(last));
}

}  // namespace
}  // namespace henge::wire

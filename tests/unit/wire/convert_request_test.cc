// Which requests of clients are refused at the door, and with which words.
#include "wire/convert_request.h"

#include <cstring>
#include <gtest/gtest.h>

#include "tests/unit/wire/messages.h"

namespace henge::wire {
namespace {

constexpr MonoTime firstByte{5'000'000};

struct Judged {
  Breach breach;
  PutRequest core;
};

Judged judge(thrift::PutRequest in) {
  const Limits limits;
  Judged out;
  out.breach = toCore({limits, firstByte}, in, out.core);
  return out;
}

std::string fieldOf(const Breach& breach) { return breach ? breach->field : ""; }

TEST(ConvertRequest, fillsInTheDefaults) {
  const Judged judged = judge(putOf("k", "v"));
  ASSERT_FALSE(judged.breach);
  EXPECT_EQ(judged.core.key, "k");
  EXPECT_EQ(judged.core.value, "v");
  EXPECT_EQ(judged.core.kind, RecordKind::value);
  EXPECT_EQ(judged.core.context.level, Consistency::quorum);
  EXPECT_EQ(judged.core.context.deadline, firstByte + 2_s);
  EXPECT_FALSE(judged.core.version);
  EXPECT_FALSE(judged.core.context.requestId);
}

TEST(ConvertRequest, carriesEverythingThatIsSaid) {
  thrift::PutRequest put = putOf("k", "");
  put.__set_consistency(thrift::Consistency::ALL);
  put.__set_deadlineMs(70);
  put.version.__set_timestamp(12);
  put.version.__set_writer(-1);
  put.__isset.version = true;
  put.requestId.__set_client(-2);
  put.requestId.__set_sequence(3);
  put.__isset.requestId = true;
  put.__set_session("token");
  put.__set_trace(true);
  put.__set_traceId(-5);
  const Judged judged = judge(put);
  ASSERT_FALSE(judged.breach);
  EXPECT_EQ(judged.core.value, "");
  EXPECT_EQ(judged.core.context.level, Consistency::all);
  EXPECT_EQ(judged.core.context.deadline, firstByte + 70_ms);
  EXPECT_EQ(*judged.core.version, (Version{12, 0xffff'ffff'ffff'ffff}));
  EXPECT_EQ(judged.core.context.requestId->client, 0xffff'ffff'ffff'fffeU);
  EXPECT_EQ(judged.core.context.requestId->sequence, 3U);
  EXPECT_EQ(judged.core.context.session, "token");
  EXPECT_TRUE(judged.core.context.trace);
  EXPECT_EQ(judged.core.context.traceId, 0xffff'ffff'ffff'fffbU);
  EXPECT_EQ(judged.core.context.receivedAt, firstByte);
}

TEST(ConvertRequest, takesKeysAndValuesAtTheirLimitsAndNoByteMore) {
  const Limits limits;
  const Bytes key(limits.keyBytesMax, '\xff');
  const Bytes value(limits.valueBytesMax, '\0');
  EXPECT_FALSE(judge(putOf(key, value)).breach);

  const Breach longKey = judge(putOf(key + "x", value)).breach;
  ASSERT_TRUE(longKey);
  EXPECT_EQ(longKey->field, "key");
  EXPECT_EQ(longKey->limit, limits.keyBytesMax);
  EXPECT_NE(longKey->message.find(std::to_string(key.size() + 1)), std::string::npos);
  EXPECT_NE(longKey->message.find(std::to_string(limits.keyBytesMax)), std::string::npos);

  const Breach longValue = judge(putOf(key, value + "x")).breach;
  ASSERT_TRUE(longValue);
  EXPECT_EQ(longValue->field, "value");
  EXPECT_EQ(longValue->limit, limits.valueBytesMax);
}

TEST(ConvertRequest, tellsAnEmptyValueFromNone) {
  thrift::PutRequest put;
  put.__set_key("k");
  EXPECT_EQ(fieldOf(judge(put).breach), "value");
  EXPECT_FALSE(judge(putOf("k", "")).breach);
  EXPECT_EQ(fieldOf(judge(putOf("", "v")).breach), "key");
  thrift::PutRequest keyless;
  keyless.__set_value("v");
  EXPECT_EQ(judge(keyless).breach->message, "the key is missing");
}

TEST(ConvertRequest, refusesVersionsThatNoClockGives) {
  for (const std::int64_t timestamp : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN}) {
    thrift::PutRequest put = putOf("k", "v");
    put.version.__set_timestamp(timestamp);
    put.version.__set_writer(1);
    put.__isset.version = true;
    const Breach breach = judge(put).breach;
    ASSERT_TRUE(breach) << timestamp;
    EXPECT_EQ(breach->field, "version");
    EXPECT_NE(breach->message.find("timestamp must be above 0"), std::string::npos);
  }
  thrift::PutRequest half = putOf("k", "v");
  half.version.__set_timestamp(5);
  half.__isset.version = true;
  EXPECT_EQ(fieldOf(judge(half).breach), "version");
}

TEST(ConvertRequest, clipsDeadlinesAndRefusesPassedOnes) {
  for (const std::int64_t deadline : {std::int64_t{0}, std::int64_t{-5}, INT64_MIN}) {
    thrift::PutRequest put = putOf("k", "v");
    put.__set_deadlineMs(deadline);
    EXPECT_EQ(fieldOf(judge(put).breach), "deadlineMs");
  }
  thrift::PutRequest patient = putOf("k", "v");
  patient.__set_deadlineMs(INT64_MAX);
  EXPECT_EQ(judge(patient).core.context.deadline, firstByte + 60_s);
}

TEST(ConvertRequest, refusesALevelThatIsNone) {
  for (const int number : {0, 4, -1, 77, INT32_MAX}) {
    thrift::PutRequest put = putOf("k", "v");
    std::memcpy(&put.consistency, &number, sizeof number);
    put.__isset.consistency = true;
    const Breach breach = judge(std::move(put)).breach;
    ASSERT_TRUE(breach);
    EXPECT_EQ(breach->field, "consistency");
    EXPECT_NE(breach->message.find(std::to_string(number)), std::string::npos);
  }
}

TEST(ConvertRequest, refusesWhatIsNotYetSupportedByName) {
  thrift::PutRequest expiring = putOf("k", "v");
  expiring.__set_expiry(1);
  EXPECT_EQ(judge(expiring).breach->message, "expiry is not yet supported");
  thrift::PutRequest featured = putOf("k", "v");
  featured.__set_features({"holograms"});
  EXPECT_EQ(judge(featured).breach->message, "feature holograms is not yet supported");

  thrift::GetRequest past = getOf("k");
  past.__set_asOf(1);
  const Limits limits;
  GetRequest core;
  EXPECT_EQ(toCore({limits, firstByte}, past, core)->message, "asOf is not yet supported");
}

TEST(ConvertRequest, refusesASessionAboveItsLimitAndHalfARequestId) {
  thrift::PutRequest put = putOf("k", "v");
  put.__set_session(Bytes(Limits().sessionBytesMax + 1, 's'));
  EXPECT_EQ(fieldOf(judge(put).breach), "session");
  thrift::PutRequest nameless = putOf("k", "v");
  nameless.requestId.__set_client(1);
  nameless.__isset.requestId = true;
  EXPECT_EQ(fieldOf(judge(nameless).breach), "requestId");
}

TEST(ConvertRequest, makesARemoveAPutOfATombstone) {
  thrift::RemoveRequest remove;
  remove.__set_key("k");
  const Limits limits;
  PutRequest core;
  EXPECT_FALSE(toCore({limits, firstByte}, remove, core));
  EXPECT_EQ(core.kind, RecordKind::tombstone);
  EXPECT_EQ(core.key, "k");
}

}  // namespace
}  // namespace henge::wire

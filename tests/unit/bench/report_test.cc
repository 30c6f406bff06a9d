#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "client/bench/report_json.h"
#include "client/bench/report_text.h"

namespace henge::bench {
namespace {

struct Reported {
  Reported() {
    options.nodes = {"127.0.0.1:9000"};
    options.time = 10_s;
    for (int i = 1; i <= 1000; ++i) tally.onDone(OpKind::get, Duration{i * 10});
    tally.onDone(OpKind::put, 2_ms);
    for (int i = 0; i < 5; ++i) {
      tally.onError(OpKind::put, "timeout", "no answer " + std::to_string(i));
    }
  }
  RunReport report() const { return {options, tally, {10_s, 0}, {}, 0, {}, false, {}}; }

  Options options;
  Tally tally;
};

TEST(Report, summary) {
  const Reported reported;
  EXPECT_EQ(summary(reported.report()),
            "op   count  op/s   p50   p95   p99  p99.9   max  errors\n"
            "get   1000   100  5.05  9.60  9.98   10.0  10.0       0\n"
            "put      1     0  2.00  2.00  2.00   2.00  2.00       5\n"
            "100 op/s in 10.0 s; latency in ms from the start of each operation\n"
            "5 timeout:\n"
            "  no answer 0\n"
            "  no answer 1\n"
            "  no answer 2\n"
            "  …\n");
}

TEST(Report, saysWhatElseThereIs) {
  Reported reported;
  reported.options.rate = 200;
  reported.options.verify = true;
  RunReport report = reported.report();
  report.interrupted = true;
  report.end.notBegun = 7;
  report.mismatches = 2;
  report.client.resends = 3;
  report.cost = ServerCost{2002, false};
  const std::string text = summary(report);
  for (const char* part :
       {"interrupted: so far\n", "from the intended start of each operation; 3 resends\n",
        "7 operations were due and not begun: the cluster does not keep up with 200/s at 64 in "
        "flight\n",
        "servers 2.0 CPU us/op (a store has not caught up)\n",
        "NOT VERIFIED: 2 values were not what was written\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "in:\n" << text;
  }
}

TEST(Report, lines) {
  Reported reported;
  EXPECT_EQ(headline(reported.options),
            "bench get 50 % put 50 % · uniform over 100000 keys · 100 B · QUORUM · closed loop, 64 "
            "in flight");
  EXPECT_EQ(loadingLine(25, 100, 1), "loading 100 keys  [#####---------------]   25 %  errors 1");
  EXPECT_EQ(secondLine(reported.options, 5_s, reported.tally.takeSecond(), 5),
            "[##########----------]  5/10 s  1001 op/s  errors 5  p50 5.05  p99 9.98  p99.9 10.0 "
            "ms");
}

TEST(Report, aSecondWithoutAnAnswerHasNoLatency) {
  EXPECT_EQ(secondLine(Options(), 1_s, {}, 4),
            "[##------------------]  1/10 s  0 op/s  errors 4  p50 -  p99 -  p99.9 - ms");
}

TEST(Report, jsonIsStrictAlsoForWhatWasNotMeasuredAndForAnyBytes) {
  Reported reported;
  reported.tally.onError(OpKind::get, "mismatch", "\xff\"\n");
  const RunReport report = reported.report();
  const nlohmann::json json =
      nlohmann::json::parse(jsonOf(report, {SpanTally{}, {5, 0, 1, 2, 3, 4, 0}}, {"0.1.0", 2, 7}));
  EXPECT_EQ(json["type"], "bench");
  EXPECT_EQ(json["config"]["seed"], 7);
  EXPECT_EQ(json["config"]["rate"], nullptr);
  EXPECT_EQ(json["ops"]["get"]["count"], 1000);
  EXPECT_EQ(json["ops"]["put"]["errors"], 5);
  EXPECT_EQ(json["errors"]["timeout"]["first"].size(), 3u);
  EXPECT_EQ(json["seconds"][0]["p50_us"], nullptr);
  EXPECT_EQ(json["seconds"][1]["p99_us"], 2);
  EXPECT_EQ(json["seconds"][1]["max_us"], 4);
  EXPECT_EQ(json["server_cpu_us_per_op"], nullptr);
  EXPECT_EQ(json["mismatches"], nullptr);
}

TEST(Report, aSpanIsALineOfJson) {
  Tally tally;
  tally.onDone(OpKind::get, 5_us);
  tally.onDone(OpKind::put, 1001_ms);
  tally.onError(OpKind::put, "timeout", "");
  EXPECT_EQ(jsonOf(SpanReport{2500_ms, 500_ms, tally.takeReport(), 7, 3}),
            "{\"v\":1,\"type\":\"bench_span\",\"at_s\":2.5,\"span_s\":0.5,\"done\":2,\"errors\":1,"
            "\"p50_us\":5,\"p99_us\":1001000,\"p999_us\":1001000,\"max_us\":1001000,\"over_1s\":1,"
            "\"under_way\":7,\"behind\":3}\n");
  EXPECT_EQ(jsonOf(SpanReport{3_s, 500_ms, tally.takeReport(), 0, 0}),
            "{\"v\":1,\"type\":\"bench_span\",\"at_s\":3.0,\"span_s\":0.5,\"done\":0,\"errors\":0,"
            "\"p50_us\":null,\"p99_us\":null,\"p999_us\":null,\"max_us\":null,\"over_1s\":0,"
            "\"under_way\":0,\"behind\":0}\n");
}

TEST(Tally, spansAreTakenApart) {
  Tally tally;
  tally.onDone(OpKind::get, 1_s);
  EXPECT_EQ(tally.takeSecond().done, 1u);
  tally.onDone(OpKind::get, 2_s);
  EXPECT_EQ(tally.takeSecond().slow, 1u);
  const SpanTally report = tally.takeReport();
  EXPECT_EQ(report.done, 2u);
  EXPECT_EQ(report.slow, 1u) << "a second is not more than one";
  EXPECT_EQ(report.max, 2'000'000u);
}

TEST(Tally, aSecondIsCountedFromTheOneBefore) {
  Tally tally;
  tally.onDone(OpKind::get, 3_us);
  tally.onError(OpKind::get, "lost", "");
  EXPECT_EQ(tally.takeSecond().done, 1u);
  const SpanTally next = tally.takeSecond();
  EXPECT_EQ(next.done + next.errors + next.p50, 0u);
  EXPECT_EQ(tally.done(), 1u);
  EXPECT_EQ(tally.failed(), 1u);
}

}  // namespace
}  // namespace henge::bench

#include "client/bench/workload.h"

#include <gtest/gtest.h>

namespace henge::bench {
namespace {

TEST(Workload, presetsAreThoseOfYcsb) {
  EXPECT_EQ(toString(*presetOf("ycsb-a")), "get 50 % put 50 % · zipf 0.99");
  EXPECT_EQ(toString(*presetOf("ycsb-b")), "get 95 % put 5 % · zipf 0.99");
  EXPECT_EQ(toString(*presetOf("ycsb-c")), "get 100 % · zipf 0.99");
  EXPECT_EQ(toString(*presetOf("ycsb-d")), "get 95 % insert 5 % · latest 0.99");
  EXPECT_EQ(toString(*presetOf("ycsb-f")), "get 50 % rmw 50 % · zipf 0.99");
  EXPECT_EQ(presetOf("ycsb-e").error().message,
            "ycsb-e needs range scans, which are not there yet");
  EXPECT_FALSE(presetOf("ycsb").ok());
}

TEST(Workload, aMixIsSharesByName) {
  Workload workload;
  ASSERT_TRUE(parseMix("put=1,get=3", workload).ok());
  EXPECT_EQ(toString(workload), "get 75 % put 25 % · uniform");
  for (const char* wrong : {"", "get", "get=", "get=x", "get=-1", "gets=1", "get=0", "get=1,,put=1",
                            "get=1000001", "get=1 put=1"}) {
    EXPECT_FALSE(parseMix(wrong, workload).ok()) << wrong;
  }
  EXPECT_EQ(toString(workload), "get 75 % put 25 % · uniform") << "as it was";
}

TEST(Workload, ordersAndTheirSkew) {
  Workload workload;
  ASSERT_TRUE(parseOrder("zipf:0.5", workload).ok());
  EXPECT_EQ(workload.order, KeyOrder::zipf);
  EXPECT_EQ(workload.theta, 0.5);
  ASSERT_TRUE(parseOrder("latest", workload).ok());
  EXPECT_EQ(workload.theta, 0.99);
  for (const char* wrong :
       {"", "zipf:", "zipf:0", "zipf:1", "zipf:nan", "zipf:x", "uniform:1", "random"}) {
    EXPECT_FALSE(parseOrder(wrong, workload).ok()) << wrong;
  }
}

}  // namespace
}  // namespace henge::bench

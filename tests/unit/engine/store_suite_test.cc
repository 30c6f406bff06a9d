#include "tests/kit/store_suite.h"

#include <gtest/gtest.h>

#include "tests/kit/temp_directory.h"
#include "tests/unit/engine/store_bench.h"

namespace henge::engine {
namespace {

class RocksUnderTest final : public kit::StoreUnderTest {
 public:
  RocksUnderTest() : bench_(smallEngine(root_ / "store")) {}
  ports::Store& store() override { return bench_.store(); }
  void pump() override { bench_.inbox().pump(); }
  void reopen() override { ASSERT_TRUE(bench_.open().ok()); }

 private:
  kit::TempDirectory root_;
  StoreBench bench_;
};

TEST(StoreSuite, rocksDoesAsTheModel) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    RocksUnderTest rocks;
    kit::StoreSuite suite(rocks, seed);
    const auto wrong = suite.run(400);
    EXPECT_EQ(wrong, std::nullopt) << "seed " << seed << ": " << *wrong;
  }
}

}  // namespace
}  // namespace henge::engine

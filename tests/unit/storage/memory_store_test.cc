#include "server/storage/memory_store.h"

#include <gtest/gtest.h>

#include "tests/kit/store_suite.h"
#include "tests/kit/virtual_loop.h"

namespace henge::storage {
namespace {

class MemoryUnderTest final : public kit::StoreUnderTest {
 public:
  explicit MemoryUnderTest(std::uint64_t seed, MemoryStoreOptions options)
      : chance_(seed), store_(loop_, loop_, options) {}
  ports::Store& store() override { return store_; }
  void pump() override { loop_.step(); }
  void reopen() override { store_.crash(chance_() % (store_.unflushedBatches() + 1)); }

 private:
  std::mt19937_64 chance_;
  kit::VirtualLoop loop_;
  MemoryStore store_;
};

TEST(MemoryStore, PassesTheSuiteOfRandomOperations) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    MemoryStoreOptions options;
    if (seed % 2 == 0) options.latency = 70_us;
    options.answersCached = seed % 3 != 0;
    options.unflushedBatchesMax = seed % 5 == 0 ? 3 : 256;
    MemoryUnderTest subject(seed, options);
    auto wrong = kit::StoreSuite(subject, seed).run(400);
    EXPECT_FALSE(wrong) << "seed " << seed << ": " << *wrong;
  }
}

struct Answers final : ports::StoreSink {
  void onStore(OpId op, ports::StoreResult result) override { all.emplace(op, result); }
  std::map<OpId, ports::StoreResult> all;
};

TEST(MemoryStore, NeverAnswersInsideTheCall) {
  kit::VirtualLoop loop;
  MemoryStore store(loop, loop);
  Answers answers;
  store.write(OpId{1}, answers, {{"k", "v"}});
  store.get(OpId{2}, answers, "k");
  store.flush(OpId{3}, answers);
  EXPECT_TRUE(answers.all.empty());
  loop.run();
  EXPECT_EQ(answers.all.size(), 3u);
  EXPECT_EQ(answers.all.at(OpId{2}).value, "v");
}

TEST(MemoryStore, ACrashLosesWhatWasNotKeptAndEveryAnswer) {
  kit::VirtualLoop loop;
  MemoryStore store(loop, loop);
  Answers answers;
  store.write(OpId{1}, answers, {{"a", "1"}});
  store.flush(OpId{2}, answers);
  loop.run();
  store.write(OpId{3}, answers, {{"b", "1"}, {"a", std::nullopt}});
  store.write(OpId{4}, answers, {{"b", "2"}});
  store.crash(1);
  loop.run();
  EXPECT_EQ(answers.all.size(), 2u);
  EXPECT_EQ(**store.getCached("b"), "1");
  EXPECT_EQ(*store.getCached("a"), std::nullopt);
  EXPECT_EQ(store.approximateEntries(), 1u);
  EXPECT_EQ(store.approximateBytes(), 2u);
  EXPECT_EQ(store.unflushedBatches(), 0u);
}

// The suite itself must be able to fail.
class Forgetful final : public kit::StoreUnderTest {
 public:
  ports::Store& store() override { return store_; }
  void pump() override { loop_.step(); }
  void reopen() override {
    store_.crash(0);
    Answers answers;
    store_.write(OpId{1}, answers, {{"never written", "x"}});
    loop_.run();
  }

 private:
  kit::VirtualLoop loop_;
  MemoryStore store_{loop_, loop_};
};

TEST(MemoryStore, TheSuiteNoticesAStoreThatInvents) {
  Forgetful subject;
  EXPECT_TRUE(kit::StoreSuite(subject, 3).run(400));
}

}  // namespace
}  // namespace henge::storage

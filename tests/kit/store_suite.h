// One list of random operations for every implementation of the Store port.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "server/ports/store.h"

namespace henge::kit {

// What the suite needs of an implementation under test.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual ports::Store& store() = 0;
  virtual void pump() = 0;    // delivers at least one event, or waits for one
  virtual void reopen() = 0;  // the process dies without a flush and starts again: store() is new
};

// Plays writes (puts and deletes, several in a batch), gets, cached gets, persisted gets, scans,
// flushes and reopens against a map. Equal seeds play equal lists. After a reopen the store must
// hold what it held after some whole batch, not before the last flush.
class StoreSuite final : private ports::StoreSink {
 public:
  StoreSuite(StoreUnderTest& subject, std::uint64_t seed);

  // nullopt: `operations` of them went well. Else: which one did not, and how.
  std::optional<std::string> run(int operations);

 private:
  using Model = std::map<Bytes, Bytes>;

  void onStore(OpId op, ports::StoreResult result) override;
  ports::StoreResult wait();  // for the operation begun last
  OpId begin() { return OpId{++lastOp_}; }
  Bytes anyKey();
  ports::StoreBatch anyBatch();

  std::string play(int choice);  // empty: well
  std::string playWrite();
  std::string playBurst();
  std::string playGet();
  std::string playGetPersisted();
  std::string playScan();
  std::string playFlush();
  std::string playReopen();
  const Model& now() const { return history_.back(); }
  std::size_t pick(std::size_t n) { return static_cast<std::size_t>(chance_() % n); }

  StoreUnderTest& subject_;
  std::mt19937_64 chance_;
  std::vector<Model> history_;  // [0]: at the last flush; one more after each batch since
  std::uint64_t lastOp_ = 0;
  std::map<OpId, ports::StoreResult> results_;
};

}  // namespace henge::kit

// Writes the batches of a seed into a store, in order, until it is killed; says on its standard
// output what has ended: "w<number>" for a batch, "f<number>" for a flush behind that batch.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/unit/engine/crash_batches.h"
#include "tests/unit/engine/store_bench.h"

namespace henge::engine {
namespace {

constexpr std::uint64_t batchesMax = 1'000'000;
constexpr std::uint64_t inFlightMax = 8;

class Writer final : public ports::StoreSink {
 public:
  Writer(const std::string& directory, std::uint64_t seed) : seed_(seed) {
    auto options = smallEngine(directory);
    options.memtableBytes = 64 << 10;  // so that memtables are flushed by themselves, too
    auto opened = RocksStore::open(options, inbox_.post());
    if (!opened) std::abort();
    store_ = std::move(opened).value();
  }

  void run() {
    std::mt19937_64 chance(seed_);
    for (std::uint64_t number = 1; number <= batchesMax; ++number) {
      begin("w", number, [&](OpId op) { store_->write(op, *this, batchOf(seed_, number)); });
      if (chance() % 60 == 0) {
        begin("f", number, [&](OpId op) { store_->flush(op, *this); });
      }
      while (said_.size() > inFlightMax) inbox_.pump();
    }
  }

  void onStore(OpId op, ports::StoreResult result) override {
    if (!result.status.ok()) std::abort();
    std::printf("%s\n", said_.at(op).c_str());
    std::fflush(stdout);
    said_.erase(op);
  }

 private:
  template <typename Call>
  void begin(const char* what, std::uint64_t number, Call call) {
    const OpId op{++lastOp_};
    said_[op] = what + std::to_string(number);
    call(op);
  }

  std::uint64_t seed_;
  Inbox inbox_;
  std::map<OpId, std::string> said_;
  std::uint64_t lastOp_ = 0;
  std::unique_ptr<RocksStore> store_;
};

}  // namespace
}  // namespace henge::engine

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  henge::engine::Writer(argv[1], std::strtoull(argv[2], nullptr, 10)).run();
  return 0;
}

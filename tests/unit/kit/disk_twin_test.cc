// The fake disk against a stupid twin that copies everything at every sync.
#include <functional>
#include <gtest/gtest.h>
#include <map>

#include "tests/unit/kit/disk_bench.h"

namespace henge::kit {
namespace {

class Twin {
 public:
  void change(const std::string& path, const std::function<void(Bytes&)>& how, bool synced) {
    if (!current.contains(path)) return;
    how(current[path]);
    if (synced) durable[path] = current[path];
  }
  void put(const std::string& path, const Bytes& bytes) { current[path] = durable[path] = bytes; }
  void rename(const std::string& from, const std::string& to) {
    if (!current.contains(from) || from == to) return;
    current[to] = current[from];
    durable[to] = durable[from];
    remove(from);
  }
  void remove(const std::string& path) {
    current.erase(path);
    durable.erase(path);
  }

  std::map<std::string, Bytes> current;
  std::map<std::string, Bytes> durable;
};

class Pair {
 public:
  explicit Pair(std::uint64_t seed) : chance_(seed) {}

  void step() {
    const std::string path = name();
    const std::uint64_t at = chance_.below(3000);
    switch (chance_.below(10)) {
      case 0:
        bench_.create(path, at);
        if (!twin_.current.contains(path)) twin_.put(path, Bytes(at, '\0'));
        break;
      case 1:
        bench_.disk.replace(bench_.next(), bench_, path, Bytes(at, letter()));
        twin_.put(path, Bytes(at, last_));
        break;
      case 2:
        return renameOrRemove(path);
      case 3:
        bench_.disk.truncate(bench_.next(), bench_, path, at);
        twin_.change(
            path, [at](Bytes& bytes) { bytes.resize(at, '\0'); }, true);
        break;
      case 4:
      case 5:
        bench_.sync(path);
        twin_.change(
            path, [](Bytes&) {}, true);
        break;
      default:
        write(path, at, Bytes(chance_.below(1500), letter()));
    }
    bench_.settle();
  }
  void cut() {
    bench_.files.powerCut();
    twin_.current = twin_.durable;
  }
  void expectSame() const {
    ASSERT_EQ(bench_.files.paths().size(), twin_.current.size());
    for (const auto& [path, bytes] : twin_.current) {
      ASSERT_NE(bench_.files.peek(path), nullptr) << path;
      ASSERT_EQ(*bench_.files.peek(path), bytes) << path;
      ASSERT_EQ(*bench_.files.peekDurable(path), twin_.durable.at(path)) << path;
    }
  }

 private:
  std::string name() { return std::string(1, static_cast<char>('a' + chance_.below(4))); }
  char letter() { return last_ = static_cast<char>('A' + chance_.below(26)); }
  void renameOrRemove(const std::string& path) {
    if (chance_.oneIn(2)) {
      bench_.disk.remove(bench_.next(), bench_, path);
      twin_.remove(path);
    } else {
      const std::string to = name();
      bench_.disk.rename(bench_.next(), bench_, path, to);
      twin_.rename(path, to);
    }
    bench_.settle();
  }
  void write(const std::string& path, std::uint64_t at, const Bytes& bytes) {
    bench_.write(path, at, bytes);
    if (bytes.empty()) return;
    const auto overlay = [&](Bytes& held) {
      held.resize(std::max<std::size_t>(held.size(), at + bytes.size()), '\0');
      held.replace(at, bytes.size(), bytes);
    };
    twin_.change(path, overlay, false);
  }

  sim::Chance chance_;
  DiskBench bench_;
  Twin twin_;
  char last_ = 'A';
};

TEST(DiskTwin, ReadsAndLosesTheSame) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Pair pair(seed);
    for (int n = 0; n < 400; ++n) {
      pair.step();
      pair.expectSame();
      if (n % 23 == 0) pair.cut();
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "at step " << n;
    }
  }
}

}  // namespace
}  // namespace henge::kit

// A process is killed amid its writes; what its store then holds is the state after some whole
// batch, not before the last flush whose end it had seen.
#include <cstdio>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <signal.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kit/temp_directory.h"
#include "tests/unit/engine/crash_batches.h"
#include "tests/unit/engine/store_bench.h"

namespace henge::engine {
namespace {

struct Seen {
  std::uint64_t written = 0;  // the last batch whose end was seen
  std::uint64_t flushed = 0;  // the last flush whose end was seen: behind this batch
};

// Runs the writer until it has said `lines` lines, then kills it; what it said till then counts.
Seen killAfter(const std::string& directory, std::uint64_t seed, std::uint64_t lines) {
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) return {};
  const std::string number = std::to_string(seed);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::execl(CRASH_WRITER, CRASH_WRITER, directory.c_str(), number.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::FILE* said = ::fdopen(ends[0], "r");
  Seen seen;
  char line[64];
  for (std::uint64_t i = 0; std::fgets(line, sizeof line, said) != nullptr; ++i) {
    if (i + 1 == lines) ::kill(child, SIGKILL);  // reads on: what is in the pipe has ended, too
    (line[0] == 'f' ? seen.flushed : seen.written) = std::strtoull(line + 1, nullptr, 10);
  }
  std::fclose(said);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "status " << status;
  return seen;
}

std::map<Bytes, Bytes> stateAfter(std::uint64_t seed, std::uint64_t batches) {
  std::map<Bytes, Bytes> state;
  for (std::uint64_t number = 1; number <= batches; ++number) {
    for (auto& entry : batchOf(seed, number)) {
      if (entry.value) {
        state[entry.key] = *entry.value;
      } else {
        state.erase(entry.key);
      }
    }
  }
  return state;
}

TEST(CrashPrefix, aKilledStoreHoldsAPrefixOfItsBatches) {
  std::mt19937_64 chance(2026);
  int lostSome = 0;
  int keptSome = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const kit::TempDirectory root;
    const Seen seen = killAfter(root / "store", seed, 1 + chance() % 3000);

    StoreBench bench(smallEngine(root / "store"));
    std::map<Bytes, Bytes> held;
    for (auto& entry : bench.scan("", "").entries) held[entry.key] = *entry.value;
    const auto position =
        held.contains(positionKey) ? std::strtoull(held[positionKey].c_str(), nullptr, 10) : 0;
    EXPECT_EQ(held, stateAfter(seed, position)) << "seed " << seed << ", position " << position;
    EXPECT_GE(position, seen.flushed) << "seed " << seed;
    EXPECT_EQ(bench.getPersisted(positionKey).value.value_or("0"), std::to_string(position));
    lostSome += position < seen.written ? 1 : 0;
    keptSome += position > 0 ? 1 : 0;
  }
  // Else the kills came at moments that prove nothing.
  EXPECT_GE(lostSome, 3);
  EXPECT_GE(keptSome, 3);
}

}  // namespace
}  // namespace henge::engine

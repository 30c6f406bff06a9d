// henge-io-proof: the n-th system call on files fails; nothing acknowledged is lost, nobody is told
// a lie, and the storage refuses or stops by name. `--help` says more.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "server/ports/fatal.h"
#include "tests/proofs/io/faulty_calls.h"
#include "tests/proofs/io/life.h"

namespace henge::proofs {
namespace {

namespace fs = std::filesystem;

constexpr unsigned lifeSecondsMax = 20;
constexpr std::uint32_t callsMax = 2000;  // of a kind; more never happened
constexpr LifeSpan before{.endsWithSync = false, .from = 0, .to = 20, .drains = false};
constexpr LifeSpan under{.endsWithSync = false, .from = 20, .to = 56, .drains = true};

struct Settings {
  std::string directory;
  std::string only;  // cases whose words begin so
  bool quick = false;
  bool verbose = false;
};

struct Case {
  FaultPlan plan;
  std::string text() const {
    std::string words(nameOf(plan.part));
    words += ": " + std::string(nameOf(plan.call)) + " " + std::to_string(plan.first);
    words += plan.always ? " and every further one: " : ": ";
    return words + std::string(nameOf(plan.fault));
  }
};

// Memory that a child writes and its parent reads.
class Shared {
 public:
  Shared()
      : memory_(::mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                       -1, 0)) {
    if (memory_ == MAP_FAILED) std::abort();
    told_ = new (memory_) Told;
  }
  ~Shared() { ::munmap(memory_, sizeof(Told)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  Told& operator*() { return *told_; }
  Told* operator->() { return told_; }

 private:
  void* memory_;
  Told* told_;
};

// Runs `work` as a process of its own; how it ended, as waitpid() says it.
template <typename Work>
int inChild(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(lifeSecondsMax);
    ::_exit(work());
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

// What must be continued as if nothing had been: calls that handle less than they were asked to,
// and ours when a signal interrupts them. (Linux interrupts no call on names; RocksDB takes an
// interrupted sync for a failed one, and stops.)
bool isHarmless(const FaultPlan& plan) {
  if (plan.fault == Fault::half) return true;
  if (plan.fault != Fault::eintr || plan.part != Part::disk) return false;
  return plan.call != Call::rename && plan.call != Call::unlink && plan.call != Call::list &&
         plan.call != Call::makeDirectory;
}

// What the log's file holds is unknown from then on.
bool endsWithSync(const FaultPlan& plan) {
  return plan.part == Part::disk && plan.call == Call::sync && plan.fault != Fault::eintr;
}

// With "" it went as it should.
std::string judgeEnd(const FaultPlan& plan, int status, const Told& told) {
  if (WIFSIGNALED(status)) {
    if (WTERMSIG(status) == SIGALRM) return "it neither went on nor ended";
    return "it was ended by signal " + std::to_string(WTERMSIG(status));
  }
  const int code = WEXITSTATUS(status);
  if (isHarmless(plan) && (code != 0 || told.damaged || told.refused > 0)) {
    return "exit " + std::to_string(code) + " over a call that was to be continued";
  }
  if (endsWithSync(plan) && code == 0) return "it went on after a failed sync";
  if (code != 0 && !told.stoppedByName) return "exit " + std::to_string(code) + " without a word";
  const auto all = static_cast<std::uint32_t>(
      std::count(told.acknowledged.begin(), told.acknowledged.begin() + under.to, true));
  const bool silent = code == 0 && !told.damaged && all + told.refused + told.unanswered < under.to;
  return silent ? "writes were neither acknowledged nor refused" : "";
}

class Proof {
 public:
  explicit Proof(Settings settings) : settings_(std::move(settings)) {
    root_ = fs::canonical(settings_.directory).string() + "/io-proof-" + std::to_string(::getpid());
    template_ = root_ + "/before";
    fs::create_directories(template_);
  }
  ~Proof() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }

  int run() {
    if (!prepare()) return 1;
    for (const Part part : {Part::disk, Part::engine}) {
      const int passed = passed_;
      const int all = all_;
      for (int call = 0; call < callCount; ++call) runKind(part, static_cast<Call>(call));
      std::printf("  %-6s %d of %d\n", std::string(nameOf(part)).c_str(), passed_ - passed,
                  all_ - all);
    }
    std::printf(
        "io faults: %d of %d went as they must: nothing acknowledged is lost, no end without a "
        "reason, a clean start after it (%d ended early, %d refused writes)\n",
        passed_, all_, ended_, refused_);
    return passed_ == all_ ? 0 : 1;
  }

 private:
  // A directory with a log to be replayed and tables in the store.
  bool prepare() {
    const int status = inChild([this] {
      faultCalls(template_, {}, told_->calls, told_->failed);
      return live(template_, before, *told_);
    });
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && told_->wrong[0] == '\0') {
      std::copy(told_->acknowledged.begin(), told_->acknowledged.end(), acknowledged_.begin());
      return true;
    }
    std::printf("the life before failed: %d %s\n", status, told_->wrong.data());
    return false;
  }

  void runKind(Part part, Call call) {
    for (const Fault fault : {Fault::eio, Fault::enospc, Fault::eintr, Fault::half}) {
      const bool canBeHalf = call == Call::read || call == Call::write;
      if (fault == Fault::half && !canBeHalf) continue;
      for (const bool always : {false, true}) {
        if (always && fault == Fault::eintr) continue;  // would be tried for ever, as it must
        runAll({part, call, fault, 1, always});
      }
    }
  }

  // n = 1, 2, 3 … until the life no longer comes so far. Quick: ever fewer of them.
  void runAll(FaultPlan plan) {
    for (std::uint32_t n = 1; n < callsMax; n += settings_.quick ? 1 + 2 * n : 1) {
      plan.first = n;
      if (!runOne({plan})) return;
    }
  }

  // False: that call was not reached.
  bool runOne(const Case& what) {
    if (!what.text().starts_with(settings_.only)) return true;
    const std::string directory = root_ + "/now";
    fs::remove_all(directory);
    fs::copy(template_, directory, fs::copy_options::recursive);
    new (&*told_) Told;
    std::copy(acknowledged_.begin(), acknowledged_.end(), told_->acknowledged.begin());
    LifeSpan span = under;
    span.endsWithSync = endsWithSync(what.plan);
    const int status = inChild([&] {
      faultCalls(directory, what.plan, told_->calls, told_->failed);
      return live(directory, span, *told_);
    });
    if (told_->calls < what.plan.first) return false;
    std::string wrong = told_->wrong.data();
    if (wrong.empty()) wrong = judgeEnd(what.plan, status, *told_);
    const std::uint32_t refused = told_->refused;
    if (wrong.empty()) {
      told_->damaged = false;
      const int looked = inChild([&] {
        faultCalls(directory, {}, told_->calls, told_->failed);
        return look(directory, *told_), 0;
      });
      wrong = told_->wrong.data();
      if (wrong.empty() && looked != 0) wrong = "a clean start did not end";
    }
    note(what, status, refused, wrong);
    return true;
  }

  void note(const Case& what, int status, std::uint32_t refused, const std::string& wrong) {
    ++all_;
    passed_ += wrong.empty() ? 1 : 0;
    ended_ += status != 0 ? 1 : 0;
    refused_ += refused > 0 ? 1 : 0;
    if (wrong.empty() && !settings_.verbose) return;
    std::printf("%s %s: %s (exit %d, %u refused)\n", wrong.empty() ? "ok    " : "FAILED",
                what.text().c_str(), wrong.empty() ? "as it should" : wrong.c_str(),
                WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), refused);
    std::fflush(stdout);
  }

  Settings settings_;
  std::string root_;
  std::string template_;
  Shared told_;
  std::array<bool, recordsMax> acknowledged_{};
  int passed_ = 0;
  int all_ = 0;
  int ended_ = 0;
  int refused_ = 0;
};

constexpr std::string_view help =
    "henge-io-proof: one system call on files fails, in every place where one is made.\n\n"
    "  henge-io-proof [--quick] [--verbose] [--only WORDS] --directory DIR\n\n"
    "For each kind of call that a node's disk and RocksDB make, and n = 1, 2, 3 ... until the\n"
    "workload no longer comes so far: the n-th fails once, and it and all later ones fail, with\n"
    "EIO and with ENOSPC; is interrupted (EINTR); reads or writes half of what it was asked to.\n"
    "The workload replays a log, writes, feeds, flushes, reads and stops in order. Afterwards a\n"
    "clean start on the same bytes must bring back every acknowledged record.\n\n"
    "  --directory DIR  works below it, and leaves nothing there\n"
    "  --quick          n = 1, 4, 13, 40 ... : seconds instead of minutes\n"
    "  --only WORDS     the cases whose line begins so, as \"disk: sync 12\"\n"
    "  --verbose        a line for each\n\n"
    "The last line is the figure. Exit 0: all went well; 1: some did not; 64: wrong usage.\n";

int main(const std::vector<std::string_view>& words) {
  Settings settings;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--help") return std::fputs(std::string(help).c_str(), stdout), 0;
    if (words[i] == "--quick") {
      settings.quick = true;
    } else if (words[i] == "--verbose") {
      settings.verbose = true;
    } else if (words[i] == "--directory" && i + 1 < words.size()) {
      settings.directory = words[++i];
    } else if (words[i] == "--only" && i + 1 < words.size()) {
      settings.only = words[++i];
    } else {
      settings.directory.clear();
      break;
    }
  }
  if (settings.directory.empty()) return std::fputs(std::string(help).c_str(), stderr), 64;
  fs::create_directories(settings.directory);
  return Proof(settings).run();
}

}  // namespace
}  // namespace henge::proofs

int main(int count, char** words) { return henge::proofs::main({words + 1, words + count}); }

// The last write of a log cut at every byte, and the same at the end of every segment: the storage
// starts, has every record before the cut and none behind it, and goes on.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "server/storage/segment_names.h"
#include "tests/proofs/bytes/cut_log.h"

namespace henge::proofs {
namespace {

constexpr const char* usage =
    "henge-proof-every-cut: cuts the log at each byte of its last write and starts from it\n\n"
    "  --quick      one byte in 23\n"
    "  --seed S     of the records (1)\n\n"
    "Exit: 0 every start keeps its promise, 1 one does not, 64 wrong arguments.\n";

struct Settings {
  std::uint64_t seed = 1;
  std::uint64_t stride = 1;
};

class Proof {
 public:
  explicit Proof(Settings settings) : settings_(settings) {}

  void log(const char* name, storage::LogCompression codec, bool usedAgain) {
    const WrittenLog log = writeLog(codec, usedAgain, settings_.seed);
    std::printf("%s: %zu records, %zu writes\n", name, log.records.size(), log.writes.size());
    for (std::size_t i = 0; i < log.writes.size(); ++i) {
      const Write& write = log.writes[i];
      const bool isLast = i + 1 == log.writes.size();
      if (isLast)
        cuts(log, write, "last batch");
      else if (log.writes[i + 1].segment != write.segment)
        cuts(log, write, "trailer");
      else if (write.from == 0)
        cuts(log, write, "first write");
    }
  }

  bool conclude(double seconds) const {
    std::printf(
        "every cut: %llu of %llu start, synced prefix whole (%llu said a torn tail was cut), seed "
        "%llu, %.1f s\n",
        number(kept_), number(tried_), number(torn_), number(settings_.seed), seconds);
    return kept_ == tried_ && tried_ > 0;
  }

 private:
  static unsigned long long number(std::uint64_t value) { return value; }

  void cuts(const WrittenLog& log, const Write& write, const char* what) {
    const std::uint64_t before = kept_;
    std::uint64_t tried = 0;
    for (const Rest rest : {Rest::zeroes, Rest::earlier, Rest::nothing}) {
      if (rest == Rest::zeroes && isOverEarlier(log, write)) continue;
      if (rest == Rest::earlier && !isOverEarlier(log, write)) continue;
      for (std::uint64_t cut = write.from; cut <= write.end; cut += settings_.stride) {
        // A file gets its name when it is whole: shorter than a header it is damage, and said so.
        if (rest == Rest::nothing && cut < storage::segmentHeaderBytes) continue;
        ++tried;
        one(log, write, cut, rest, what);
      }
    }
    std::printf("  segment %llu %-12s %llu of %llu\n", number(write.segment), what,
                number(kept_ - before), number(tried));
    std::fflush(stdout);
  }

  static bool isOverEarlier(const WrittenLog& log, const Write& write) {
    const Bytes path = storage::logDirectory(0) + "/" + storage::segmentName(write.segment);
    return storage::decodeSegmentHeader(*log.files.peek(path))->recycled;
  }

  void one(const WrittenLog& log, const Write& write, std::uint64_t cut, Rest rest,
           const char* what) {
    const Start start = startFrom(log, write, cut, rest);
    ++tried_;
    torn_ += start.saysTorn;
    if (start.kept()) return ++kept_, void();
    std::printf("  segment %llu %s cut at %llu of %llu, rest %d: %s\n", number(write.segment), what,
                number(cut), number(write.end), static_cast<int>(rest), start.why.c_str());
  }

  Settings settings_;
  std::uint64_t tried_ = 0;
  std::uint64_t kept_ = 0;
  std::uint64_t torn_ = 0;
};

bool prove(const Settings& settings) {
  using enum storage::LogCompression;
  const auto began = std::chrono::steady_clock::now();
  Proof proof(settings);
  proof.log("plain, new segments", none, false);
  proof.log("plain, segments used again", none, true);
  proof.log("zstd, new segments", zstd, false);
  proof.log("zstd, segments used again", zstd, true);
  return proof.conclude(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
}

int run(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--help" || word == "-h") return std::fputs(usage, stdout), 0;
    if (word == "--quick") {
      settings.stride = 23;
    } else if (word == "--seed" && i + 1 < argc) {
      settings.seed = std::strtoull(argv[++i], nullptr, 10);
    } else {
      return std::fputs(usage, stderr), 64;
    }
  }
  return prove(settings) ? 0 : 1;
}

}  // namespace
}  // namespace henge::proofs

int main(int argc, char** argv) { return henge::proofs::run(argc, argv); }

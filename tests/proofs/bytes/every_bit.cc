// Every bit of a segment, and of the small files, flipped one at a time: nothing that is read
// afterwards was not written, and nothing is missing without a word.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/proofs/bytes/small_files.h"
#include "tests/proofs/bytes/verdicts.h"
#include "tests/sim/chance.h"

namespace henge::proofs {
namespace {

constexpr const char* usage =
    "henge-proof-every-bit: flips each bit of what is on disk and reads it\n\n"
    "  --quick      one bit in 97, a twentieth of the bursts\n"
    "  --seed S     of the records and the bursts (1)\n\n"
    "Exit: 0 no wrong value and nothing unnoticed, 1 otherwise, 64 wrong arguments.\n";

constexpr std::uint64_t segmentBytesMin = 64 << 10;

struct Settings {
  std::uint64_t seed = 1;
  std::uint64_t stride = 1;
  int bursts = 10'000;
};

void flipBit(Bytes& bytes, std::uint64_t bit) {
  bytes[bit / 8] = static_cast<char>(static_cast<unsigned char>(bytes[bit / 8]) ^ (1U << bit % 8));
}

// 2 to 64 bits long: the first and the last are flipped, each between them by lot.
struct Burst {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t between = 0;

  static Burst draw(std::uint64_t bits, sim::Chance& chance) {
    Burst burst;
    const std::uint64_t length = 2 + chance.below(63);
    burst.first = chance.below(bits - length + 1);
    burst.last = burst.first + length - 1;
    burst.between = chance.next();
    return burst;
  }
  void apply(Bytes& bytes) const {  // twice: as before
    flipBit(bytes, first);
    flipBit(bytes, last);
    for (std::uint64_t bit = first + 1; bit < last; ++bit)
      if ((between >> (bit - first) & 1) != 0) flipBit(bytes, bit);
  }
};

class Proof {
 public:
  explicit Proof(Settings settings) : settings_(settings), chance_(settings.seed) {}

  void segment(SpecimenKind kind) {
    const Specimen specimen = makeSpecimen(kind, segmentBytesMin, settings_.seed);
    std::printf("%-24s %llu bytes, %llu records in %zu batches: reads whole\n",
                specimen.name.c_str(), static_cast<unsigned long long>(specimen.used),
                static_cast<unsigned long long>(specimen.records), specimen.batches.size());
    const std::uint64_t header = storage::segmentHeaderBytes;
    flips(specimen, 0, header, "header");
    flips(specimen, header, specimen.vouchedTo, "vouched for");
    if (specimen.vouchedTo < specimen.used)
      flips(specimen, specimen.vouchedTo, specimen.used, "last batch");
    bursts(specimen);
    if (specimen.vouchedTo < specimen.used) edge(specimen);
  }

  void smallFile(const SmallFile& file) {
    Tally tally;
    Bytes bytes = file.bytes;
    if (!file.accepted(bytes)) ++tally.wrong;
    const auto refuse = [&] {
      ++tally.tried;
      file.refusedAsCorrupt(bytes) ? ++tally.damage : ++tally.silent;
    };
    for (std::uint64_t bit = 0; bit < bytes.size() * 8; ++bit) {
      flipBit(bytes, bit);
      refuse();
      flipBit(bytes, bit);
    }
    report(file.name.c_str(), "every bit", tally, flips_);
    Tally burst;
    std::swap(tally, burst);
    for (int i = 0; i < settings_.bursts; ++i) {
      const Burst drawn = Burst::draw(bytes.size() * 8, chance_);
      drawn.apply(bytes);
      refuse();
      drawn.apply(bytes);
    }
    report("", "bursts", tally, bursts_);
  }

  bool conclude(double seconds) const {
    std::printf(
        "every bit: %llu flips, %llu bursts (seed %llu): %llu named as damage, %llu torn tails of "
        "a last batch, %llu wrong values, %llu unnoticed, %.1f s\n",
        number(flips_.tried), number(bursts_.tried), number(settings_.seed),
        number(flips_.damage + bursts_.damage), number(flips_.torn + bursts_.torn),
        number(flips_.wrong + bursts_.wrong), number(flips_.silent + bursts_.silent), seconds);
    return flips_.kept() && bursts_.kept();
  }

 private:
  static unsigned long long number(std::uint64_t value) { return value; }

  // Of the bytes [from, end).
  void flips(const Specimen& specimen, std::uint64_t from, std::uint64_t end, const char* part) {
    const SegmentJudge judge(specimen);
    Tally tally;
    Bytes bytes = specimen.bytes;
    for (std::uint64_t bit = from * 8; bit < end * 8; bit += settings_.stride) {
      flipBit(bytes, bit);
      judge.judge(bytes, bit / 8, bit / 8 + 1, tally);
      flipBit(bytes, bit);
    }
    report("", part, tally, flips_);
  }

  void bursts(const Specimen& specimen) {
    const SegmentJudge judge(specimen);
    Tally tally;
    Bytes bytes = specimen.bytes;
    for (int i = 0; i < settings_.bursts; ++i) {
      const Burst burst = Burst::draw(specimen.used * 8, chance_);
      burst.apply(bytes);
      judge.judge(bytes, burst.first / 8, burst.last / 8 + 1, tally);
      burst.apply(bytes);
    }
    report("", "bursts", tally, bursts_);
  }

  // Every burst that begins in what is vouched for and ends in the batch that vouches.
  void edge(const Specimen& specimen) {
    const SegmentJudge judge(specimen);
    Tally tally;
    Bytes bytes = specimen.bytes;
    const std::uint64_t edgeBit = specimen.vouchedTo * 8;
    for (std::uint64_t length = 2; length <= 64; ++length) {
      for (std::uint64_t first = edgeBit - length + 1; first < edgeBit; ++first) {
        const Burst burst{first, first + length - 1, chance_.next()};
        burst.apply(bytes);
        judge.judge(bytes, burst.first / 8, burst.last / 8 + 1, tally);
        burst.apply(bytes);
      }
    }
    report("", "edge bursts", tally, bursts_);
  }

  void report(const char* name, const char* part, const Tally& tally, Tally& total) {
    std::printf("%-24s %-12s %8llu  damage %8llu  torn %6llu  wrong %llu  unnoticed %llu\n", name,
                part, number(tally.tried), number(tally.damage), number(tally.torn),
                number(tally.wrong), number(tally.silent));
    std::fflush(stdout);
    total += tally;
  }

  Settings settings_;
  sim::Chance chance_;
  Tally flips_;
  Tally bursts_;
};

bool prove(const Settings& settings) {
  using enum storage::LogCompression;
  const auto began = std::chrono::steady_clock::now();
  Proof proof(settings);
  for (const storage::LogCompression codec : {none, zstd}) {
    proof.segment({codec, false, false});
    proof.segment({codec, true, false});
    proof.segment({codec, false, true});
  }
  for (const SmallFile& file : smallFiles()) proof.smallFile(file);
  return proof.conclude(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
}

int run(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--help" || word == "-h") return std::fputs(usage, stdout), 0;
    if (word == "--quick") {
      settings.stride = 97;
      settings.bursts = 500;
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

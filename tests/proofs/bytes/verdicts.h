// What the product's reader says of a damaged segment, and whether it may.
#pragma once

#include <cstdint>

#include "tests/proofs/bytes/specimen.h"

namespace henge::proofs {

struct Tally {
  std::uint64_t tried = 0;
  std::uint64_t damage = 0;   // named as damage
  std::uint64_t torn = 0;     // a torn tail, reported: only of what nothing vouches for
  std::uint64_t wrong = 0;    // must be 0: a record that was not written at that place
  std::uint64_t silent = 0;   // must be 0: something is missing or changed, and no verdict says so
  std::uint64_t decoded = 0;  // batches that had changed and were decoded to compare

  bool kept() const { return wrong == 0 && silent == 0 && damage + torn == tried; }
  Tally& operator+=(const Tally& other);
};

// `damaged`: the specimen's bytes with some of [from, end) changed.
class SegmentJudge {
 public:
  explicit SegmentJudge(const Specimen& specimen) : specimen_(specimen) {}

  void judge(BytesView damaged, std::uint64_t from, std::uint64_t end, Tally& tally) const;

 private:
  bool isWrong(const storage::Batch& batch, BytesView damaged, Tally& tally) const;
  bool isMissing(const std::vector<storage::Batch>& read, std::uint64_t before) const;

  const Specimen& specimen_;
};

}  // namespace henge::proofs

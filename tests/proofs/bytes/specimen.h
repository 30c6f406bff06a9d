// Segments as the product writes them, to be damaged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/storage/segment_reader.h"

namespace henge::proofs {

struct SpecimenKind {
  storage::LogCompression codec = storage::LogCompression::none;
  bool usedAgain = false;  // over an earlier segment's bytes
  bool followed = false;   // the next segment is in use; else its last batch has no mark yet
};

struct Specimen {
  std::string name;
  Bytes bytes;  // the file, up to a little behind what is used
  storage::SegmentPlace place;
  Bytes successor;  // the first bytes of the next segment's file
  std::uint64_t used = 0;
  // From here on nothing later says that it was synced: the last batch, if nothing follows.
  std::uint64_t vouchedTo = 0;
  std::vector<storage::Batch> batches;  // those with entries; their payloads point into `bytes`
  std::uint64_t records = 0;

  std::optional<storage::SegmentHeader> successorHeader() const;
};

// At least `bytesMin` of it are used. It is written through ShardStorage on a disk in memory, read
// whole, and every record compared with what was written; anything else than that ends the program.
Specimen makeSpecimen(SpecimenKind kind, std::uint64_t bytesMin, std::uint64_t seed);

}  // namespace henge::proofs

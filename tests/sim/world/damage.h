// Where a log may be damaged so that what is left still tells of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/storage/storage_options.h"
#include "tests/kit/fake_files.h"

namespace henge::sim {

struct DamagePlace {
  std::string path;
  std::uint64_t end = 0;  // bytes [0, end) may go
  bool whole = false;     // or the file altogether
};

// That something was synced is said by what was written later: by the next segment's header, or by
// the marks and batches behind it in the same one (docs/mechanisms/recovery_log.md). If those are
// gone as well, only peers can know. Segments in order, without such as have no witness.
std::vector<DamagePlace> witnessedPlaces(const kit::FakeFiles& files,
                                         const storage::SegmentOwner& owner);

}  // namespace henge::sim

// Every legal image of a disk after a power cut at one place.
#pragma once

#include <vector>

#include "tests/kit/fake_files.h"
#include "tests/sim/chance.h"

namespace henge::proofs {

using Cut = std::vector<kit::Survival>;  // one for each thing that is not on the disk yet

// All lost; all kept; each alone lost; each alone kept; each torn at the borders of its sectors
// (all of them if they are few, else the first, the middle and the last); `subsets` by lot.
std::vector<Cut> cutsOf(const kit::FakeFileSystem& files, sim::Chance& chance, int subsets);

// Equal for files of equal names and bytes.
std::uint64_t hashOf(const kit::FakeFileSystem& files);

}  // namespace henge::proofs

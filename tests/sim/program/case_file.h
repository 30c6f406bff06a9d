// A failing case as a file that can be kept and run again.
#pragma once

#include <string>

#include "core/result.h"
#include "tests/sim/program/shrink.h"

namespace henge::sim {

// Its first line is a comment that says what was found.
std::string caseText(const FailingCase& found);

// FOLDER/<kind>-<hash of the case>.case; the folder is made if it is not there. Its path, or io.
Result<std::string> saveCase(const std::string& folder, const FailingCase& found);

}  // namespace henge::sim

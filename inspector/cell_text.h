// Keys and values, short enough for a table.
#pragma once

#include <string>

#include "core/bytes.h"

namespace henge::inspector {

inline constexpr int keyWidthMax = 28;
inline constexpr int valueWidthMax = 20;

// A single byte that is no letter as u8:137, everything else as keys are written; cut to `width`.
// Looks at no more bytes than could be shown.
std::string shortText(BytesView bytes, int width);

// A key as a word for the shell, so that a shown command can be copied.
std::string shellWord(BytesView key);

}  // namespace henge::inspector

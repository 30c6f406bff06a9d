// The known word nearest to a mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace henge {

// Empty if none is within a third of the word's length (at least 2 edits: insert, delete, replace,
// swap of neighbours), or if nothing of the word would be left. Of equally near ones the first.
std::string nearestWord(std::string_view word, std::span<const std::string> known);

// " (did you mean --port?)" or "".
std::string didYouMean(std::string_view word, std::span<const std::string> known,
                       std::string_view prefix = "");

}  // namespace henge

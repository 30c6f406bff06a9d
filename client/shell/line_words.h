// A line of a session, split into the words that a command line would have.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace henge::client {

// Words are parted by blanks and tabs. A word that begins with " goes on to the next " that no
// backslash precedes, and keeps both, so that it is read as keys and values are (core/key_text.h);
// '…' is one word, without the quotes and with everything in it as it is. A quote within a word is
// an ordinary letter. A line whose first letter is # has no words. The message names the column,
// counted in bytes from 1.
Result<std::vector<std::string>> splitLine(std::string_view line);

// Where the word begins that ends at the end of `line`: there itself if the last letter is a blank.
std::size_t lastWordAt(std::string_view line);

}  // namespace henge::client

// One line of a file for `load`: key, tab, value (docs/console.md).
#pragma once

#include <string_view>

#include "core/bytes.h"
#include "core/result.h"

namespace henge::client {

struct LoadRow {
  Bytes key;
  Bytes value;
};

// In both \t \n \r \\ \xHH stand for bytes; all other bytes are themselves. Without the newline
// that ends the line. The message says what is wrong, without a line's number.
Result<LoadRow> parseLoadRow(std::string_view line);

}  // namespace henge::client

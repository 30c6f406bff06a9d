// One of each kind of thing that is on disk, as this version writes it.
#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"

namespace henge::golden {

struct GoldenCase {
  std::string name;     // of the file, without .txt; its first word is the kind
  std::string comment;  // what it is there for
  Bytes bytes;
  bool reproducible = true;  // false: zstd of another version may compress otherwise
};

std::vector<GoldenCase> goldenCases();

}  // namespace henge::golden

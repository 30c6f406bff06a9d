// A file of tests/golden/format/: bytes as they are on disk, and what they mean.
//
//   # why it is here
//   what the bytes mean, as decoded_text.h prints it
//   ----
//   00000000  48454e47454c4f47 0100000080000000 …   32 bytes a line
//   *                                               the line before, until the next offset
//   00001000                                        how many bytes there are
#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"

namespace henge::golden {

struct GoldenFile {
  std::string comment;  // one line, without "# "
  std::string meaning;  // lines
  Bytes bytes;
};

std::string print(const GoldenFile& file);
// A file that cannot be read fails the test, and is empty.
GoldenFile parseGoldenFile(const std::string& name, const std::string& text);

std::string hexDump(BytesView bytes);

}  // namespace henge::golden

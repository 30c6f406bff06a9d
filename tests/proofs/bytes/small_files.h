// The small files of a data directory, each with the reader that must refuse it when it is damaged.
#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"

namespace henge::proofs {

struct SmallFile {
  std::string name;
  Bytes bytes;
  bool (*refusedAsCorrupt)(BytesView);
  bool (*accepted)(BytesView);
};

std::vector<SmallFile> smallFiles();

}  // namespace henge::proofs

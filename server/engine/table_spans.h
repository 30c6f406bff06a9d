#pragma once

#include <cstdint>
#include <vector>

#include "core/bytes.h"

namespace henge::engine {

struct TableSpan {
  Bytes first;
  Bytes last;
  std::uint64_t bytes = 0;
};

// How much of the store's files lies in a range of keys, judged by their first and last keys alone,
// as if the keys of a file were spread evenly between them.
class TableSpans {
 public:
  TableSpans() = default;
  explicit TableSpans(std::vector<TableSpan> spans);

  // 0 … 1 of all bytes, with from ≤ key < to; empty `to`: no end. 0 if there are no files.
  double shareOf(BytesView from, BytesView to) const;

 private:
  std::vector<TableSpan> spans_;
  double bytes_ = 0;
};

}  // namespace henge::engine

#include "core/did_you_mean.h"

#include <algorithm>
#include <vector>

namespace henge {

namespace {

constexpr std::size_t wordBytesMax = 256;  // longer ones are no typing error of any known word

// Edits from a to b, a swap of neighbours being one edit (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearestWord(std::string_view word, std::span<const std::string> known) {
  if (word.size() > wordBytesMax) return "";
  std::size_t editsMax = std::max<std::size_t>(2, word.size() / 3);
  std::string nearest;
  std::size_t least = editsMax + 1;
  for (const std::string& candidate : known) {
    if (candidate.size() > word.size() + editsMax) continue;
    std::size_t edits = distance(word, candidate);
    bool sharesNothing = edits >= std::max(word.size(), candidate.size());
    if (edits >= least || (sharesNothing && edits > 0)) continue;
    least = edits;
    nearest = candidate;
  }
  return nearest;
}

std::string didYouMean(std::string_view word, std::span<const std::string> known,
                       std::string_view prefix) {
  std::string nearest = nearestWord(word, known);
  if (nearest.empty()) return "";
  return " (did you mean " + std::string(prefix) + nearest + "?)";
}

}  // namespace henge

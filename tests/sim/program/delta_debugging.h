// Zeller and Hildebrandt: Simplifying and Isolating Failure-Inducing Input, IEEE TSE 2002; here
// with its complements alone: what is sought is a small rest, not the difference between two runs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

namespace henge::sim {

// Leaves items out, first halves, then smaller parts, in the end one by one, as long as
// `stillFails` says yes to the rest. Of what is returned no single item can be left out, unless
// `stillFails` has begun to say no to everything.
template <typename Item>
std::vector<Item> leaveOut(std::vector<Item> items,
                           const std::function<bool(const std::vector<Item>& rest)>& stillFails) {
  std::size_t part = (items.size() + 1) / 2;
  while (part > 0 && !items.empty()) {
    bool less = false;
    for (std::size_t at = 0; at < items.size();) {
      const std::size_t end = std::min(at + part, items.size());
      std::vector<Item> rest(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(at));
      rest.insert(rest.end(), items.begin() + static_cast<std::ptrdiff_t>(end), items.end());
      if (stillFails(rest)) {
        items = std::move(rest);
        less = true;
      } else {
        at = end;
      }
    }
    if (part == 1 && !less) break;
    part = std::max<std::size_t>(1, std::min(part / 2, items.size()));
  }
  return items;
}

}  // namespace henge::sim

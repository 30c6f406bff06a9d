#include "client/library/attempts.h"

#include <algorithm>
#include <utility>

namespace henge::library {

void Attempts::begin(std::size_t node, std::string label) {
  attempts_.push_back({node, std::move(label), true, true, {}});
}

bool Attempts::end(std::size_t node, std::string what, bool mayHaveHappened) {
  const auto found = std::find_if(attempts_.begin(), attempts_.end(), [&](const Attempt& attempt) {
    return attempt.isUnderWay && attempt.node == node;
  });
  if (found == attempts_.end()) return false;
  found->isUnderWay = false;
  found->what = std::move(what);
  found->mayHaveHappened = mayHaveHappened;
  return true;
}

int Attempts::triesOf(std::size_t node) const {
  return static_cast<int>(
      std::count_if(attempts_.begin(), attempts_.end(),
                    [&](const Attempt& attempt) { return attempt.node == node; }));
}

bool Attempts::isAsking(std::size_t node) const {
  return std::any_of(attempts_.begin(), attempts_.end(), [&](const Attempt& attempt) {
    return attempt.isUnderWay && attempt.node == node;
  });
}

bool Attempts::isAsking() const {
  return std::any_of(attempts_.begin(), attempts_.end(),
                     [](const Attempt& attempt) { return attempt.isUnderWay; });
}

bool Attempts::mayHaveHappened() const {
  return std::any_of(attempts_.begin(), attempts_.end(),
                     [](const Attempt& attempt) { return attempt.mayHaveHappened; });
}

std::vector<Tried> Attempts::tried() const {
  std::vector<Tried> out;
  out.reserve(attempts_.size());
  for (const Attempt& attempt : attempts_) {
    out.push_back({attempt.label, attempt.isUnderWay ? "no answer" : attempt.what});
  }
  return out;
}

std::string toString(const std::vector<Tried>& tried) {
  std::string out;
  for (const Tried& one : tried) {
    if (!out.empty()) out += "; ";
    out += one.node + ": " + one.what;
  }
  return out;
}

}  // namespace henge::library

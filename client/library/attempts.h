// The attempts of one request: who was asked, what came of it, and what that says of the whole.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "client/library/client.h"

namespace henge::library {

// Pure. As long as attemptsMax at the most.
class Attempts {
 public:
  // The request is handed to `node` (the driver's number), called `label`.
  void begin(std::size_t node, std::string label);
  // The attempt at `node` that is under way has come to nothing. mayHaveHappened: it was sent and
  // not clearly refused. False: none is under way there.
  bool end(std::size_t node, std::string what, bool mayHaveHappened);

  int count() const { return static_cast<int>(attempts_.size()); }
  int triesOf(std::size_t node) const;
  bool isAsking(std::size_t node) const;
  bool isAsking() const;  // anybody

  // Some attempt may have taken effect, or may yet.
  bool mayHaveHappened() const;

  // In the order of the attempts; one that is still under way: "no answer".
  std::vector<Tried> tried() const;

 private:
  struct Attempt {
    std::size_t node = 0;
    std::string label;
    bool isUnderWay = true;
    bool mayHaveHappened = true;
    std::string what;
  };
  std::vector<Attempt> attempts_;
};

// "n1 127.0.0.1:9001: no answer; n2 127.0.0.1:9002: connection refused"
std::string toString(const std::vector<Tried>& tried);

}  // namespace henge::library

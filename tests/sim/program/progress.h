// How far the search is: one line that is rewritten on a terminal, else a line now and then.
#pragma once

#include <cstdint>

namespace henge::sim {

class Progress {
 public:
  static constexpr std::uint64_t lineEvery = 100;  // runs, where lines stay

  explicit Progress(std::uint64_t runs);

  void show(std::uint64_t done, std::uint64_t violations) const;
  void wipe() const;  // before anything else is printed

 private:
  const std::uint64_t runs_;
  const bool onTerminal_;
};

}  // namespace henge::sim

// Where what arrives is put before it is cut into frames.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace henge::wire {

// One for all streams of a listener or of the links: lent to whoever reads, for the time of one
// event of the loop. So a stream that waits holds nothing, however many there are.
class ReadSpace {
 public:
  static constexpr std::size_t bytes = 64ULL * 1024;

  std::span<char> lend() { return {bytes_.get(), bytes}; }

 private:
  std::unique_ptr<char[]> bytes_ = std::make_unique_for_overwrite<char[]>(bytes);
};

}  // namespace henge::wire

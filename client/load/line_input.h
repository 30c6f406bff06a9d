// Lines of a file or a pipe, until they end or somebody interrupts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "client/interrupt.h"
#include "core/result.h"

namespace henge::client {

// Thread: one. Holds one line, of at most `lineBytesMax`, and one block.
class LineInput {
 public:
  static constexpr std::size_t lineBytesMax = std::size_t{256} << 20;

  // "-": standard input. Errors name the file and the cause.
  static Result<LineInput> open(const std::string& path, const Interrupt& interrupt);

  LineInput(LineInput&& other) noexcept;
  LineInput& operator=(LineInput&&) = delete;
  ~LineInput();

  // The next line without its newline; nullopt: the end, or interrupted. The last one needs none.
  Result<std::optional<std::string>> next();

  std::uint64_t bytesTaken() const { return taken_; }
  std::uint64_t bytesInAll() const { return size_; }  // 0: not known

 private:
  LineInput(int descriptor, bool isOwned, std::uint64_t size, const Interrupt& interrupt)
      : descriptor_(descriptor), isOwned_(isOwned), size_(size), interrupt_(interrupt) {}
  Result<bool> fill();  // false: nothing more will come

  int descriptor_;
  bool isOwned_;
  std::uint64_t size_;
  const Interrupt& interrupt_;
  std::uint64_t taken_ = 0;
  std::string block_;  // read and not yet given, from `at_` on
  std::size_t at_ = 0;
};

}  // namespace henge::client

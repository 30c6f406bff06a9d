#include "client/load/line_input.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace henge::client {

namespace {

constexpr std::size_t blockBytes = std::size_t{256} << 10;

std::string causeOf(int errnoValue) { return std::generic_category().message(errnoValue); }

}  // namespace

Result<LineInput> LineInput::open(const std::string& path, const Interrupt& interrupt) {
  if (path == "-") return LineInput(STDIN_FILENO, false, 0, interrupt);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return Error{ErrorKind::notFound, fmt::format("{}: {}", path, causeOf(errno))};
  }
  struct stat facts {};
  const bool told = ::fstat(descriptor, &facts) == 0;
  if (told && S_ISDIR(facts.st_mode)) {
    ::close(descriptor);
    return Error{ErrorKind::notFound, path + ": it is a directory"};
  }
  const std::uint64_t size =
      told && S_ISREG(facts.st_mode) ? static_cast<std::uint64_t>(facts.st_size) : 0;
  return LineInput(descriptor, true, size, interrupt);
}

LineInput::LineInput(LineInput&& other) noexcept
    : descriptor_(other.descriptor_),
      isOwned_(std::exchange(other.isOwned_, false)),
      size_(other.size_),
      interrupt_(other.interrupt_),
      taken_(other.taken_),
      block_(std::move(other.block_)),
      at_(other.at_) {}

LineInput::~LineInput() {
  if (isOwned_) ::close(descriptor_);
}

Result<bool> LineInput::fill() {
  block_.erase(0, std::exchange(at_, 0));
  const std::size_t held = block_.size();
  while (!interrupt_.isRaised()) {
    pollfd waiting[] = {{descriptor_, POLLIN, 0}, {interrupt_.descriptor(), POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 || waiting[0].revents == 0) continue;  // EINTR, interrupted
    block_.resize(held + blockBytes);
    const ssize_t got = ::read(descriptor_, block_.data() + held, blockBytes);
    const int error = errno;
    block_.resize(held + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got >= 0) return got > 0;
    if (error != EINTR && error != EAGAIN) return Error{ErrorKind::io, causeOf(error)};
  }
  return false;
}

Result<std::optional<std::string>> LineInput::next() {
  std::size_t searched = 0;
  while (true) {
    const std::size_t newline = block_.find('\n', at_ + searched);
    if (newline != block_.npos) {
      std::string line = block_.substr(at_, newline - at_);
      at_ = newline + 1;
      taken_ += line.size() + 1;
      return std::optional(std::move(line));
    }
    searched = block_.size() - at_;
    if (searched > lineBytesMax) {
      return Error{ErrorKind::invalidRequest, fmt::format("a line is over {} bytes", lineBytesMax)};
    }
    const Result<bool> more = fill();
    if (!more) return more.error();
    if (*more) continue;
    if (block_.empty() || interrupt_.isRaised()) return std::optional<std::string>();
    taken_ += block_.size();
    return std::optional(std::exchange(block_, std::string()));
  }
}

}  // namespace henge::client

#include "client/shell/piped_lines.h"

namespace henge::client {

LineRead PipedLines::next(const std::string&) {
  Result<std::optional<std::string>> line = input_.next();
  if (!line) return {LineRead::Kind::failed, line.error().message};
  if (*line) return {LineRead::Kind::line, std::move(**line)};
  return {interrupt_.isRaised() ? LineRead::Kind::interrupted : LineRead::Kind::end, ""};
}

}  // namespace henge::client

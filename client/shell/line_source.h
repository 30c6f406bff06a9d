// Where a session's lines come from: a terminal with editing, or a pipe.
#pragma once

#include <string>

namespace henge::client {

struct LineRead {
  enum class Kind { line, interrupted, end, failed } kind = Kind::end;
  std::string text;  // line: without its newline; failed: why
};

class LineSource {
 public:
  virtual ~LineSource() = default;

  // Thread: the session's. Waits for a line. interrupted: Ctrl-C; what was typed is dropped.
  virtual LineRead next(const std::string& prompt) = 0;
};

}  // namespace henge::client

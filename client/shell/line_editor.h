// A terminal's line, edited: libedit, and the only file that knows it.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "client/interrupt.h"
#include "client/shell/completion.h"
#include "client/shell/history_file.h"
#include "client/shell/line_source.h"

namespace henge::client {

// One of a process: it sets the locale of characters and what SIGCONT and SIGWINCH do. Between two
// calls of next() the terminal is as it was found.
class LineEditor final : public LineSource {
 public:
  using Completer = std::function<Completion(std::string_view lineUpToCursor)>;

  // historyPath: "" for none. What is wrong with the history is said on `err` once.
  LineEditor(Interrupt& interrupt, const std::string& historyPath, Completer completer,
             std::ostream& err);
  ~LineEditor() override;

  LineRead next(const std::string& prompt) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace henge::client

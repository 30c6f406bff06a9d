// Lines of standard input that is no terminal: no prompt, no history.
#pragma once

#include "client/load/line_input.h"
#include "client/shell/line_source.h"

namespace henge::client {

class PipedLines final : public LineSource {
 public:
  PipedLines(LineInput input, const Interrupt& interrupt)
      : input_(std::move(input)), interrupt_(interrupt) {}

  LineRead next(const std::string& prompt) override;

 private:
  LineInput input_;
  const Interrupt& interrupt_;
};

}  // namespace henge::client

// Where a command's output goes: standard output for what was asked for, standard error for all
// the rest.
#pragma once

#include <istream>
#include <ostream>
#include <string_view>

namespace henge::client {

struct Screen {
  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  bool outIsTerminal = false;
  bool inIsTerminal = false;
  bool errIsTerminal = false;
  bool colour = false;  // decided: may escapes be written to `out`?
  bool quiet = false;   // no remarks on `err`, only errors
};

// "henge: " and the message on `err`; the lines of the message, and nothing that a terminal obeys.
void sayError(Screen& screen, std::string_view message);

}  // namespace henge::client

// A session: lines, each run as the command that it is.
#pragma once

#include "client/console.h"
#include "client/session.h"
#include "client/shell/line_source.h"

namespace henge::client {

// Thread: one. From a terminal every line is run, whatever became of the one before, and leaving is
// success. From a pipe the first line that fails ends the session (`--on_error go`: it goes on),
// and its exit code is the session's; "no value" (1) ends nothing and counts if nothing failed.
class Shell {
 public:
  Shell(LineSource& lines, Session& session, const Surroundings& around, Screen& screen,
        bool isTyped);

  int run();

 private:
  void greet();
  int runLine(const std::string& line);
  int runCall(const Invocation& call);
  int refuse(const std::string& message);
  bool endsAfter(int code, const std::string& line);

  LineSource& lines_;
  Session& session_;
  Surroundings around_;
  Screen& screen_;
  const bool isTyped_;
  bool leaves_ = false;
  std::size_t number_ = 0;  // of the line
  int exit_ = 0;
};

// With the lines that standard input gives: typed if it and standard output are a terminal.
int runShell(const Options& options, const Surroundings& around, Screen& screen);

}  // namespace henge::client

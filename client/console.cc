#include "client/console.h"

#include <fmt/format.h>

#include "client/commands.h"
#include "client/exit_code.h"
#include "client/shell/shell.h"
#include "core/peer_hello.h"
#include "core/text_table.h"

namespace henge::client {

namespace {

bool coloured(const Options& options, const Environment& env, bool outIsTerminal) {
  switch (options.colour) {
    case ColourChoice::always:
      return true;
    case ColourChoice::never:
      return false;
    case ColourChoice::automatic:
      break;
  }
  return coloursWanted(outIsTerminal, env.term, env.noColor);
}

int showHelp(const Invocation& call, Screen& screen) {
  screen.out << (call.topic.empty() ? overviewText() : helpText(*findCommand(call.topic)));
  return exitOk;
}

int setConsistency(const Invocation& call, Session& session, Screen& screen) {
  session.standing.level = call.level;
  screen.out << fmt::format("The level is {}.\n", nameOf(call.level));
  return exitOk;
}

int setKeyForm(const Invocation& call, Session& session, Screen& screen) {
  if (call.isSet) session.keysSeen.clear();  // they were written in the other form
  session.standing.options.keys = call.options.keys;
  screen.out << fmt::format("Bare keys are read as {}.\n", nameOf(call.options.keys));
  return exitOk;
}

int setTrace(const Invocation& call, Session& session, Screen& screen) {
  session.standing.options.trace = call.options.trace;
  screen.out << (call.options.trace ? "Requests tell their way.\n"
                                    : "Requests do not tell their way.\n");
  return exitOk;
}

int run(const Invocation& call, const Surroundings& around, Screen& screen) {
  switch (call.command) {
    case CommandKind::put:
    case CommandKind::remove:
      return runPut(call, around, screen);
    case CommandKind::get:
      return runGet(call, around, screen);
    case CommandKind::status:
      return runStatus(call, around, screen);
    case CommandKind::ring:
      return runRing(call, around, screen);
    case CommandKind::log:
      return runLog(call, around, screen);
    case CommandKind::hints:
      return runHints(call, around, screen);
    case CommandKind::accept:
      return runAccept(call, around, screen);
    case CommandKind::load:
      return runLoad(call, around, screen);
    case CommandKind::help:
      return showHelp(call, screen);
    case CommandKind::consistency:
      return setConsistency(call, *around.session, screen);
    case CommandKind::keys:
      return setKeyForm(call, *around.session, screen);
    case CommandKind::trace:
      return setTrace(call, *around.session, screen);
    case CommandKind::retry:
      return runRetry(call, around, screen);
    case CommandKind::session:
      return runShell(call.options, around, screen);
    case CommandKind::exit:   // the shell's own
    case CommandKind::bench:  // never parsed
    case CommandKind::version:
      break;
  }
  screen.out << fmt::format("henge {} (protocol {})\n", around.version, protocolVersion);
  return exitOk;
}

}  // namespace

int runConsole(std::span<const std::string> words, const Surroundings& around, Screen& screen) {
  Result<Invocation> call = parseArguments(words, around.environment);
  if (!call) {
    sayError(screen, call.error().message);
    return exitUsage;
  }
  return runInvocation(*call, around, screen);
}

int runInvocation(const Invocation& call, const Surroundings& around, Screen& screen) {
  screen.colour = coloured(call.options, around.environment, screen.outIsTerminal);
  screen.quiet = call.options.quiet;
  const int code = run(call, around, screen);
  screen.out.flush();
  if (screen.out.good()) return code;
  screen.err << "henge: standard output could not be written\n";
  return exitIo;
}

}  // namespace henge::client

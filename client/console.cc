#include "client/console.h"

#include <fmt/format.h>

#include "client/commands.h"
#include "client/exit_code.h"
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
    case CommandKind::help:
      return showHelp(call, screen);
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
    screen.err << "henge: " << call.error().message << "\n";
    return exitUsage;
  }
  screen.colour = coloured(call->options, around.environment, screen.outIsTerminal);
  screen.quiet = call->options.quiet;
  const int code = run(*call, around, screen);
  screen.out.flush();
  if (screen.out.good()) return code;
  screen.err << "henge: standard output could not be written\n";
  return exitIo;
}

}  // namespace henge::client

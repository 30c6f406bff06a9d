#include "inspector/inspect.h"

#include <fmt/format.h>

#include "core/peer_hello.h"
#include "core/text_table.h"
#include "inspector/arguments.h"
#include "inspector/directory_commands.h"
#include "inspector/live_commands.h"

namespace henge::inspector {

namespace {

bool coloured(const Options& options, const Surroundings& around, const Streams& streams) {
  return options.colour.value_or(coloursWanted(streams.outIsTerminal, around.term, around.noColor));
}

int act(const Options& options, const Surroundings& around, Streams& streams) {
  const bool colour = coloured(options, around, streams);
  if (options.task != Task::live) {
    return inspectDirectory(options, around.directories, streams, colour);
  }
  return options.watch ? watchNodes(options, around, streams, colour)
                       : inspectNodes(options, around, streams, colour);
}

}  // namespace

int runInspector(std::span<const std::string> words, const Surroundings& around, Streams streams) {
  Result<Options> options = parseArguments(words, around.nodesFromEnvironment);
  if (!options) {
    streams.err << "henge-inspect: " << printable(options.error().message)
                << "\n  henge-inspect --help lists the flags\n";
    return exitUsage;
  }
  int code = exitOk;
  if (options->help) {
    streams.out << helpText();
  } else if (options->version) {
    streams.out << fmt::format("henge-inspect {} (protocol {})\n", around.version, protocolVersion);
  } else {
    code = act(*options, around, streams);
  }
  streams.out.flush();
  if (streams.out.good()) return code;
  streams.err << "henge-inspect: standard output could not be written\n";
  return exitIo;
}

}  // namespace henge::inspector

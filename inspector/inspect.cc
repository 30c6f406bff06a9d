#include "inspector/inspect.h"

#include <fmt/format.h>

#include "core/peer_hello.h"
#include "core/text_table.h"
#include "inspector/arguments.h"
#include "inspector/directory_commands.h"
#include "inspector/seed_lines.h"
#include "inspector/view.h"

namespace henge::inspector {

namespace {

// Nodes whose silence about a key says nothing.
std::vector<NodeId> unreadNodes(const Reading& reading, const std::vector<NodeStream>& streams) {
  std::vector<NodeId> unread;
  for (const ReadNode& node : reading.nodes) {
    if (node.source == nullptr) unread.push_back(node.member.id);
  }
  for (const NodeStream& stream : streams) {
    if (!stream.failure().empty()) unread.push_back(stream.node());
  }
  return unread;
}

// Reads all nodes side by side. `view` may be nullptr: then only the tally is wanted.
Tally compare(Reading& reading, std::optional<std::uint64_t> limit, View* view) {
  const Ring ring(reading.cluster);
  std::vector<NodeStream> streams = streamsOf(reading);
  KeyMerge merge(streams);
  Tally tally;
  if (view != nullptr) view->begin(reading);
  while (!limit || tally.keys < *limit) {
    const std::optional<MergedKey> merged = merge.next();
    if (!merged) break;
    const Agreement agreement = judge(ring, *merged, unreadNodes(reading, streams));
    ++tally.keys;
    tally.deleted += agreement.tombstone() ? 1 : 0;
    tally.disagreeing += agreement.agree() ? 0 : 1;
    if (view != nullptr) view->key(*merged, agreement);
  }
  tally.limited = merge.more();
  if (view != nullptr) view->end(tally, streams);
  return tally;
}

void sayUnread(const Reading& reading, std::ostream& err) {
  for (const ReadNode& node : reading.nodes) {
    if (node.cause.empty()) continue;
    err << fmt::format("henge-inspect: {} {} was not read{}: {}\n", toString(node.member.id),
                       toString(node.member.client), node.source != nullptr ? " to the end" : "",
                       printable(node.cause));
  }
}

Tally show(const Options& options, Reading& reading, Streams& streams, bool colour) {
  if (options.form == Form::seed) {
    writeSeedLines(streams.out, reading, options.limit);
    sayUnread(reading, streams.err);
    return compare(reading, options.limit, nullptr);  // those lines compare nothing
  }
  const std::unique_ptr<View> view =
      options.form == Form::json ? jsonView(streams.out) : tableView(streams.out, colour);
  return compare(reading, options.limit, view.get());
}

bool coloured(const Options& options, const Surroundings& around, const Streams& streams) {
  return options.colour.value_or(coloursWanted(streams.outIsTerminal, around.term, around.noColor));
}

int inspect(const Options& options, const Surroundings& around, Streams& streams) {
  const std::unique_ptr<SourceDialer> dialer = around.dialer({options.timeoutMs * 1000});
  Result<Reading> reading = openReading(*dialer, options.nodes);
  if (!reading) {
    streams.err << fmt::format("henge-inspect: {}\n", printable(reading.error().message))
                << "  Is the cluster running?  scripts/server.sh status\n";
    return exitUnavailable;
  }
  reading->readAt = around.clock.wall();
  const Tally tally = show(options, *reading, streams, coloured(options, around, streams));
  return tally.disagreeing == 0 ? exitOk : exitDisagree;
}

}  // namespace

int runInspector(std::span<const std::string> words, const Surroundings& around, Streams streams) {
  Result<Options> options = parseArguments(words, around.nodesFromEnvironment);
  if (!options) {
    streams.err << "henge-inspect: " << options.error().message
                << "\n  henge-inspect --help lists the flags\n";
    return exitUsage;
  }
  int code = exitOk;
  if (options->help) {
    streams.out << helpText();
  } else if (options->version) {
    streams.out << fmt::format("henge-inspect {} (protocol {})\n", around.version, protocolVersion);
  } else if (options->task != Task::live) {
    code = inspectDirectory(*options, around.directories, streams,
                            coloured(*options, around, streams));
  } else {
    code = inspect(*options, around, streams);
  }
  streams.out.flush();
  if (streams.out.good()) return code;
  streams.err << "henge-inspect: standard output could not be written\n";
  return exitIo;
}

}  // namespace henge::inspector

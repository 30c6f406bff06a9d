#include "inspector/live_commands.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <sstream>

#include "core/text_table.h"
#include "inspector/seed_lines.h"
#include "inspector/view.h"

namespace henge::inspector {

namespace {

// Lines of a screen that are no rows: heading, titles, sums, four nodes that were not read.
constexpr int linesBesideRows = 9;
constexpr std::size_t screenRowsMin = 3;

// Nodes whose silence about a key says nothing.
std::vector<NodeId> silentNodes(const Reading& reading, const std::vector<NodeStream>& streams) {
  std::vector<NodeId> silent = reading.leftOut;
  for (const ReadNode& node : reading.nodes) {
    if (node.source == nullptr) silent.push_back(node.member.id);
  }
  for (const NodeStream& stream : streams) {
    if (!stream.failure().empty()) silent.push_back(stream.node());
  }
  return silent;
}

Agreement judgeRead(const Ring& ring, const MergedKey& merged, const Reading& reading,
                    const std::vector<NodeStream>& streams) {
  Agreement agreement = judge(ring, merged, silentNodes(reading, streams));
  leaveOut(agreement, reading.leftOut);
  return agreement;
}

// Which keys are shown, and how many.
struct Selection {
  KeyRange range;
  bool onlyDisagree = false;
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t rowsMax = std::numeric_limits<std::uint64_t>::max();  // of the screen
};

// Reads all nodes side by side. `view` may be nullptr: then only the tally is wanted.
Tally compare(Reading& reading, const Selection& selection, View* view) {
  const Ring ring(reading.cluster);
  std::vector<NodeStream> streams = streamsOf(reading, selection.range);
  KeyMerge merge(streams);
  Tally tally;
  if (view != nullptr) view->begin(reading);
  while (tally.shown < selection.limit) {
    const std::optional<MergedKey> merged = merge.next();
    if (!merged) break;
    const Agreement agreement = judgeRead(ring, *merged, reading, streams);
    ++tally.keys;
    tally.deleted += agreement.tombstone() ? 1 : 0;
    tally.disagreeing += agreement.agree() ? 0 : 1;
    if (selection.onlyDisagree && agreement.agree()) continue;
    ++tally.shown;
    if (tally.shown > selection.rowsMax) {
      ++tally.unseen;
    } else if (view != nullptr) {
      view->key(*merged, agreement);
    }
  }
  if (tally.shown == selection.limit) tally.goOnAt = merge.nextKey();
  if (view != nullptr) view->end(tally, streams);
  return tally;
}

// One key, from every node that is read: whoever holds it gives it as the first of the range.
int lookAtOne(Reading& reading, const Bytes& key, View& view) {
  std::vector<NodeStream> streams = streamsOf(reading, {key, std::nullopt}, 1);
  MergedKey merged{key, {}};
  for (NodeStream& stream : streams) {
    const Record* record = stream.peek();
    if (record != nullptr && record->key == key) merged.copies.push_back({stream.node(), *record});
  }
  const Agreement agreement = judgeRead(Ring(reading.cluster), merged, reading, streams);
  Tally tally;
  tally.keys = tally.shown = agreement.newest != nullptr ? 1 : 0;
  tally.deleted = agreement.tombstone() ? 1 : 0;
  tally.disagreeing = agreement.agree() ? 0 : 1;
  view.begin(reading);
  view.key(merged, agreement);
  view.end(tally, streams);
  if (!agreement.agree()) return exitDisagree;
  return agreement.read == 0 && reading.leftOut.empty() ? exitUnavailable : exitOk;
}

void sayUnread(const Reading& reading, std::ostream& err) {
  for (const ReadNode& node : reading.nodes) {
    if (node.cause.empty()) continue;
    err << fmt::format("henge-inspect: {} {} was not read{}: {}\n", toString(node.member.id),
                       toString(node.member.client), node.source != nullptr ? " to the end" : "",
                       printable(node.cause));
  }
}

int show(const Options& options, Reading& reading, const Selection& selection, Streams& streams,
         bool colour) {
  if (options.form == Form::seed) {
    writeSeedLines(streams.out, reading, selection.range, options.limit);
    sayUnread(reading, streams.err);
    // Those lines compare nothing.
    return compare(reading, selection, nullptr).disagreeing == 0 ? exitOk : exitDisagree;
  }
  const std::unique_ptr<View> view = options.form == Form::json ? jsonView(streams.out)
                                     : options.key              ? oneKeyView(streams.out, colour)
                                                                : tableView(streams.out, colour);
  if (options.key) return lookAtOne(reading, *options.key, *view);
  return compare(reading, selection, view.get()).disagreeing == 0 ? exitOk : exitDisagree;
}

int refuse(const Error& error, std::ostream& err) {
  err << fmt::format("henge-inspect: {}\n", printable(error.message));
  if (error.kind == ErrorKind::invalidRequest) return exitUsage;
  err << "  Is the cluster running?  scripts/server.sh status\n";
  return exitUnavailable;
}

Status checkRange(const KeyRange& range, Partitioner partitioner) {
  if (!range.from || !range.to) return {};
  if (orderedKey(partitioner, *range.from) < orderedKey(partitioner, *range.to)) return {};
  return Error{
      ErrorKind::invalidRequest,
      "nothing lies between --from and --to: on this ring --from does not stand before it"};
}

int readOnce(const Options& options, const Surroundings& around, Selection selection,
             Streams& streams, bool colour) {
  const std::unique_ptr<SourceDialer> dialer = around.dialer({options.timeoutMs * 1000});
  Result<Reading> reading = openReading(*dialer, options.nodes, options.only);
  if (!reading) return refuse(reading.error(), streams.err);
  selection.range = {options.fromKey, options.toKey};
  selection.onlyDisagree = options.onlyDisagree;
  selection.limit = options.limit.value_or(selection.limit);
  if (Status range = checkRange(selection.range, reading->cluster.partitioner); !range) {
    return refuse(range.error(), streams.err);
  }
  reading->readAt = around.clock.wall();
  return show(options, *reading, selection, streams, colour);
}

// Over what stood there, in one write: no blank screen in between, and no line that wraps.
void draw(std::ostream& out, const std::string& screen, bool first) {
  std::string painted = first ? "\x1b[2J\x1b[H\x1b[?7l" : "\x1b[H\x1b[?7l";
  for (const char c : screen) {
    if (c == '\n') painted += "\x1b[K";
    painted += c;
  }
  out << painted << "\x1b[J\x1b[?7h" << std::flush;
}

int readOnScreen(const Options& options, const Surroundings& around, Streams& streams, bool colour,
                 bool first) {
  const int room = streams.terminalLines() - linesBesideRows;
  Selection selection;
  selection.rowsMax = std::max(static_cast<std::size_t>(std::max(room, 0)), screenRowsMin);
  std::ostringstream screen;
  Streams onScreen{screen, screen, true, streams.terminalLines};
  const int code = readOnce(options, around, selection, onScreen, colour);
  draw(streams.out, screen.str(), first);
  return code;
}

}  // namespace

int inspectNodes(const Options& options, const Surroundings& around, Streams& streams,
                 bool colour) {
  return readOnce(options, around, {}, streams, colour);
}

int watchNodes(const Options& options, const Surroundings& around, Streams& streams, bool colour) {
  const bool drawn = streams.outIsTerminal && options.form == Form::table;
  for (bool first = true;; first = false) {
    if (!first && !drawn && options.form == Form::table) streams.out << "----\n";
    const int code = drawn ? readOnScreen(options, around, streams, colour, first)
                           : readOnce(options, around, {}, streams, colour);
    streams.out.flush();
    if (code == exitUsage) return code;
    if (!streams.out.good() || !around.pause(*options.watch)) return exitInterrupted;
  }
}

}  // namespace henge::inspector

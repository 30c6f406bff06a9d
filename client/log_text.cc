#include "client/log_text.h"

#include <fmt/format.h>

#include "client/humane.h"
#include "core/text_table.h"

namespace henge::client {

namespace {

std::string bytesText(std::uint64_t bytes) { return sizeText(static_cast<std::int64_t>(bytes)); }
std::string countText(std::uint64_t count) { return grouped(static_cast<std::int64_t>(count)); }

std::string heldText(const LogSegment& segment, LogPosition applied) {
  if (segment.state == LogSegment::State::ready) return "-";
  return LogPosition{segment.id, segment.end} <= applied ? "yes" : "no";
}

std::string segmentTable(const LogView& log, bool colour) {
  TextTable table({{"segment", Align::right},
                   {"state"},
                   {"file", Align::right},
                   {"used", Align::right},
                   {"in the store"}});
  for (const LogSegment& segment : log.segments) {
    const bool ready = segment.state == LogSegment::State::ready;
    table.add({{std::to_string(segment.id), ready ? Tone::dim : Tone::plain},
               {std::string(nameOf(segment.state))},
               {bytesText(segment.fileBytes)},
               {ready ? "-" : bytesText(segment.end)},
               {heldText(segment, log.applied)}});
  }
  return table.take(colour);
}

std::string syncLine(const LogView& log) {
  if (log.syncs == 0) return "No write was synced since the start.\n";
  return fmt::format(
      "Since the start: {} syncs, {:.1f} records each. A write and its sync: half within {}, 99 % "
      "within {},\n  the longest {}.\n",
      countText(log.syncs), static_cast<double>(log.records) / static_cast<double>(log.syncs),
      millisText(log.syncHalf), millisText(log.sync99), millisText(log.syncMax));
}

std::string replayLine(const LogView& log) {
  const std::string torn = log.tornBytes == 0 ? "no torn tail"
                                              : fmt::format("a torn tail of {} bytes cut at {}",
                                                            log.tornBytes, toString(log.cutAt));
  return fmt::format("At the start: {} records of {} segments replayed in {}, {}.\n",
                     countText(log.replayedRecords), countText(log.replayedSegments),
                     millisText(log.replayTook), torn);
}

}  // namespace

std::string logText(const LogView& log, const Address& address, bool colour) {
  std::string text = fmt::format(
      "{} {}: {} of log, {} behind the checkpoint; the store is flushed at {}; log_sync {}\n",
      toString(log.node), printable(toString(address)), bytesText(log.bytes),
      bytesText(log.bytesSinceCheckpoint), bytesText(log.bytesMax), printable(log.logSync));
  text += segmentTable(log, colour);
  if (log.segmentCount > log.segments.size()) {
    text += fmt::format("… {} more segments\n", log.segmentCount - log.segments.size());
  }
  text += fmt::format("End {}, synced to {}, applied to {}; {} spare file{}.\n", toString(log.end),
                      toString(log.synced), toString(log.applied), log.spares,
                      log.spares == 1 ? "" : "s");
  text += syncLine(log) + replayLine(log);
  if (log.damage.empty()) return text;
  return text + painted("DAMAGE", Tone::bad, colour) +
         " not accepted yet, this node is in no quorum:\n" + damageText(log);
}

std::string damageText(const LogView& log) {
  std::string text;
  for (const LogDamage& damage : log.damage) text += "  " + printable(toString(damage)) + "\n";
  return text;
}

}  // namespace henge::client

// A stopped node's log, for people.
#include <fmt/format.h>

#include "core/key_text.h"
#include "core/text_table.h"
#include "inspector/cell_text.h"
#include "inspector/directory_view.h"

namespace henge::inspector {

namespace {

constexpr std::size_t rowsPerBlock = 200;  // kept to line columns up

Tone toneOf(SegmentVerdict verdict) {
  switch (verdict) {
    case SegmentVerdict::damaged:
      return Tone::bad;
    case SegmentVerdict::torn:
      return Tone::warning;
    case SegmentVerdict::inStore:
    case SegmentVerdict::unused:
      return Tone::dim;
    case SegmentVerdict::clean:
    case SegmentVerdict::ended:
      return Tone::plain;
  }
  return Tone::plain;
}

std::string boundText(const SegmentSight& sight) {
  if (!sight.keys) return "";
  return shortText(sight.keys->least, keyWidthMax) + " … " +
         shortText(sight.keys->greatest, keyWidthMax);
}

std::string endText(const SegmentSight& sight) {
  if (sight.verdict == SegmentVerdict::unused) return "-";
  return fmt::format("{}", sight.end);
}

std::vector<Cell> rowOf(const SegmentSight& sight) {
  return {{std::to_string(sight.id)},
          {std::string(nameOf(sight.verdict)), toneOf(sight.verdict)},
          {std::to_string(sight.fileBytes)},
          {endText(sight)},
          {std::to_string(sight.batches)},
          {std::to_string(sight.records)},
          {std::to_string(sight.hints)},
          {sight.tornBytes > 0 ? std::to_string(sight.tornBytes) : ""},
          {boundText(sight)}};
}

TextTable segmentTable() {
  return TextTable({{"segment", Align::right},
                    {"verdict"},
                    {"file", Align::right},
                    {"ends at", Align::right},
                    {"batches", Align::right},
                    {"records", Align::right},
                    {"hints", Align::right},
                    {"torn", Align::right},
                    {"keys"}});
}

std::string plural(std::uint64_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string headline(const std::string& directory, const Survey& survey) {
  std::string text = fmt::format(
      "{}: {}, directory {}, start {}; the store holds everything up to {}\n", printable(directory),
      toString(survey.identity.node), toString(survey.identity.directory), survey.identity.boot,
      toString(survey.applied));
  if (!survey.storeTrouble.empty()) {
    text += fmt::format("The store cannot be read: {}\n", printable(survey.storeTrouble));
  }
  return text;
}

// ---- verify

std::string recoveryText(const Survey& survey) {
  if (!survey.storeTrouble.empty()) {
    return "A start would stop at the store; what of the log it lacks is not known.\n";
  }
  if (!survey.refusal.empty()) {
    return fmt::format("A start would stop here: {}\n", printable(survey.refusal));
  }
  std::string text = fmt::format(
      "A start would\n  replay {} of {}, {} of batches, and go on behind {}\n",
      plural(survey.replayedRecords, "record"), plural(survey.replayedSegments, "segment"),
      plural(survey.replayedBytes, "byte"), toString(survey.end));
  if (survey.tornBytes > 0) {
    text += fmt::format("  cut a torn tail of {} at {}: a write that nobody was told of\n",
                        plural(survey.tornBytes, "byte"), toString(survey.cutAt));
  }
  for (const std::string& file : survey.setAside) {
    text += fmt::format("  set aside {}\n", printable(file));
  }
  if (!survey.damage.empty() || !survey.unaccepted.empty()) {
    text += "  be in no quorum until an operator accepts the loss\n";
  }
  return text;
}

std::string damageText(const std::vector<LogDamage>& damage, std::string_view title, bool colour) {
  if (damage.empty()) return "";
  std::string text = painted("DAMAGE", Tone::bad, colour) + fmt::format(" {}:\n", title);
  for (const LogDamage& one : damage) text += "  " + printable(toString(one)) + "\n";
  return text;
}

std::string agreementText(const Survey& survey, bool colour) {
  if (!survey.storeTrouble.empty()) return "";
  if (survey.contradictionCount == 0) {
    return fmt::format("Store and log agree: {} read whole, {} of the log looked up in it.\n",
                       plural(survey.rows, "row"), plural(survey.lookedUp, "record"));
  }
  std::string text =
      painted("DISAGREE", Tone::bad, colour) +
      fmt::format(": store and log, {}:\n", plural(survey.contradictionCount, "time"));
  for (const std::string& line : survey.contradictions) text += "  " + printable(line) + "\n";
  if (survey.contradictionCount > survey.contradictions.size()) {
    text +=
        fmt::format("  and {} more\n", survey.contradictionCount - survey.contradictions.size());
  }
  return text;
}

// ---- log

std::string timeText(Version version) {
  return version.isNone() ? "-" : toIso8601({version.timestamp});
}

class DirectoryTable final : public DirectoryView {
 public:
  DirectoryTable(std::ostream& out, bool colour) : out_(out), colour_(colour) {}

  void begin(const std::string& directory, const Survey& survey) override {
    out_ << headline(directory, survey);
  }

  void segment(const SegmentReading& reading) override {
    if (records_.rows() > 0) out_ << records_.take(colour_);
    segments_.add(rowOf(reading.sight));
    if (segments_.rows() == rowsPerBlock) out_ << segments_.take(colour_);
    if (reading.undecoded) {
      out_ << segments_.take(colour_)
           << fmt::format("  not all of it can be read: {}\n", printable(*reading.undecoded));
    }
  }

  void record(const LogEntry& entry) override {
    if (segments_.rows() > 0) out_ << segments_.take(colour_);
    const Record& record = entry.record;
    records_.add({{toString(entry.batch)},
                  {std::to_string(entry.sequence)},
                  {shortText(record.key, keyWidthMax)},
                  {record.isTombstone() ? "(deleted)" : shortText(record.value, valueWidthMax)},
                  {std::to_string(record.value.size())},
                  {timeText(record.version)},
                  {fmt::format("{:016x}", record.version.writer)}});
    if (records_.rows() == rowsPerBlock) out_ << records_.take(colour_);
  }

  void end(const Survey& survey, const std::optional<LogPosition>& goOn) override {
    if (segments_.rows() > 0) out_ << segments_.take(colour_);
    if (records_.rows() > 0) out_ << records_.take(colour_);
    if (goOn) {
      out_ << fmt::format("Stopped by --limit; go on with  --from {}\n", toString(*goOn));
      return;
    }
    out_ << damageText(survey.damage, "that a start would find", colour_)
         << damageText(survey.unaccepted, "found before, not accepted yet", colour_);
    if (!survey.refusal.empty()) out_ << recoveryText(survey);
  }

  void hints(const std::string& directory, const Survey& survey, const HintTally& tally) override {
    out_ << headline(directory, survey);
    TextTable table({{"for"},
                     {"hints", Align::right},
                     {"bytes", Align::right},
                     {"oldest"},
                     {"the last expires"}});
    for (const auto& [target, kept] : tally.kept()) {
      table.add({{toString(target)},
                 {std::to_string(kept.count)},
                 {std::to_string(kept.bytes)},
                 {toIso8601(kept.oldest)},
                 {toIso8601(kept.lastExpiry)}});
    }
    out_ << (table.rows() > 0 ? table.take(colour_) : "No hints are kept.\n");
    for (const RepairMark& mark : tally.marks()) {
      out_ << painted("NEEDS REPAIR", Tone::bad, colour_)
           << fmt::format(" {} from {} to {}, since {}\n", toString(mark.target),
                          toKeyText(mark.first), toKeyText(mark.end), toIso8601(mark.since));
    }
  }

  void verdict(const std::string& directory, const Survey& survey) override {
    out_ << headline(directory, survey);
    TextTable table = segmentTable();
    for (const SegmentSight& sight : survey.segments) table.add(rowOf(sight));
    if (table.rows() > 0) out_ << table.take(colour_);
    out_ << recoveryText(survey) << damageText(survey.damage, "that a start would find", colour_)
         << damageText(survey.unaccepted, "found before, not accepted yet", colour_)
         << agreementText(survey, colour_);
    out_ << (survey.clean()
                 ? painted("CLEAN", Tone::good, colour_) +
                       ": nothing that was acknowledged is or would be lost.\n"
                 : painted("NOT CLEAN", Tone::bad, colour_) +
                       ": something is damaged, or would be lost. Nothing was changed.\n");
  }

 private:
  std::ostream& out_;
  const bool colour_;
  TextTable segments_ = segmentTable();
  TextTable records_{{{"batch"},
                      {"no.", Align::right},
                      {"key"},
                      {"value"},
                      {"bytes", Align::right},
                      {"version"},
                      {"writer"}}};
};

}  // namespace

std::unique_ptr<DirectoryView> directoryTable(std::ostream& out, bool colour) {
  return std::make_unique<DirectoryTable>(out, colour);
}

}  // namespace henge::inspector

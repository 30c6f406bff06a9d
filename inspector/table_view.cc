#include <fmt/format.h>

#include "core/text_table.h"
#include "inspector/cell_text.h"
#include "inspector/view.h"

namespace henge::inspector {

namespace {

constexpr std::size_t rowsPerBlock = 200;  // kept to line columns up
constexpr int hexWidthMax = 16;
constexpr std::int64_t microsPerDay = 86'400'000'000;

std::string valueText(const Record& record) {
  return record.isTombstone() ? "(deleted)" : shortText(record.value, valueWidthMax);
}

Cell cellOf(const Copy& copy) {
  switch (copy.state) {
    case CopyState::ok:
      return {valueText(*copy.record)};
    case CopyState::behind:
      return {valueText(*copy.record) + " OLD", Tone::warning};
    case CopyState::missing:
      return {"MISSING", Tone::bad};
    case CopyState::notRead:
      return {"?", Tone::dim};
    case CopyState::stray:
      return {valueText(*copy.record) + " STRAY", Tone::warning};
  }
  return {};
}

std::string hexText(BytesView key) {
  return shortened(toHex(key.substr(0, static_cast<std::size_t>(hexWidthMax))), hexWidthMax);
}

// The time alone on the day of the reading, else the day too.
std::string timeText(Version version, WallTime readAt) {
  const std::string iso = toIso8601({version.timestamp});
  const bool today = version.timestamp / microsPerDay == readAt.micros / microsPerDay;
  const std::string stamp = iso.substr(0, iso.size() - 1);  // without the Z
  return today ? stamp.substr(stamp.find(' ') + 1) : stamp;
}

std::string copiesText(const Agreement& agreement) {
  std::string text = fmt::format("{}/{}", agreement.current, agreement.read);
  std::string complaints;
  for (const Copy& copy : agreement.copies) {
    std::string_view word;
    if (copy.state == CopyState::behind) word = "behind";
    if (copy.state == CopyState::missing) word = "missing";
    if (copy.state == CopyState::stray) word = "stray";
    if (copy.state == CopyState::notRead) word = "not read";
    if (word.empty()) continue;
    complaints += fmt::format("{}{} {}", complaints.empty() ? "" : ", ", toString(copy.node), word);
  }
  if (agreement.agree()) text += agreement.tombstone() ? " tombstone" : " ok";
  if (complaints.empty()) return text;
  return text + (agreement.agree() ? ", " : " ") + complaints;
}

class TableView final : public View {
 public:
  TableView(std::ostream& out, bool colour) : out_(out), colour_(colour), table_({}) {}

  void begin(const Reading& reading) override {
    readAt_ = reading.readAt;
    std::vector<Column> columns = {{"key"}, {"hex"}};
    for (const ReadNode& node : reading.nodes) {
      nodes_.push_back(node.member.id);
      columns.push_back({toString(node.member.id)});
    }
    columns.push_back({"newest"});
    columns.push_back({"copies"});
    table_ = TextTable(columns);
    writeHeading(out_, reading);
  }

  void key(const MergedKey& merged, const Agreement& agreement) override {
    std::vector<Cell> row = {{shortText(merged.key, keyWidthMax)}, {hexText(merged.key)}};
    for (const NodeId node : nodes_) row.push_back(cellFor(agreement, node));
    row.push_back({timeText(agreement.newest->version, readAt_)});
    row.push_back({copiesText(agreement), agreement.agree() ? Tone::good : Tone::bad});
    table_.add(std::move(row));
    if (table_.rows() == rowsPerBlock) out_ << table_.take(colour_);
  }

  void end(const Tally& tally, const std::vector<NodeStream>& streams) override {
    if (table_.rows() > 0) out_ << table_.take(colour_);
    if (tally.unseen > 0) out_ << fmt::format("… and {} more\n", tally.unseen);
    writeFailures(out_, streams);
    const std::string deleted =
        tally.deleted == 0 ? "" : fmt::format(" ({} deleted)", tally.deleted);
    out_ << fmt::format("{} key{}{}: {} in agreement, {} not.", tally.keys,
                        tally.keys == 1 ? "" : "s", deleted, tally.keys - tally.disagreeing,
                        tally.disagreeing);
    out_ << "  Records read:";
    for (const NodeStream& stream : streams) {
      out_ << fmt::format(" {} {}", toString(stream.node()), stream.records());
    }
    out_ << ".";
    if (tally.goOnAt)
      out_ << fmt::format("  Stopped by --limit; next: --from {}", shellWord(*tally.goOnAt));
    out_ << "\n";
  }

 private:
  static Cell cellFor(const Agreement& agreement, NodeId node) {
    for (const Copy& copy : agreement.copies) {
      if (copy.node == node) return cellOf(copy);
    }
    return {".", Tone::dim};
  }

  std::ostream& out_;
  const bool colour_;
  WallTime readAt_;
  std::vector<NodeId> nodes_;
  TextTable table_;
};

}  // namespace

void writeHeading(std::ostream& out, const Reading& reading) {
  const std::string when = toIso8601(reading.readAt);
  out << fmt::format(
      "cluster {} · RF {} · {} of {} nodes answered · read {}Z (nodes read one after another)\n",
      printable(reading.cluster.name), reading.cluster.replication, reading.answered(),
      reading.nodes.size(), when.substr(0, when.find('.')));
  for (const ReadNode& node : reading.nodes) {
    if (node.source != nullptr) continue;
    out << fmt::format("{} {} not read: {}\n", toString(node.member.id),
                       toString(node.member.client), printable(node.cause));
  }
  if (reading.leftOut.empty()) return;
  std::string names;
  for (const NodeId node : reading.leftOut) names += " " + toString(node);
  out << fmt::format("left out by --only:{}\n", names);
}

void writeFailures(std::ostream& out, const std::vector<NodeStream>& streams) {
  for (const NodeStream& stream : streams) {
    if (stream.failure().empty()) continue;
    out << fmt::format("{} was not read to the end: {}\n", toString(stream.node()),
                       printable(stream.failure()));
  }
}

std::unique_ptr<View> tableView(std::ostream& out, bool colour) {
  return std::make_unique<TableView>(out, colour);
}

}  // namespace henge::inspector

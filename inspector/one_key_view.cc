#include <algorithm>
#include <fmt/format.h>

#include "core/text_table.h"
#include "inspector/cell_text.h"
#include "inspector/view.h"

namespace henge::inspector {

namespace {

constexpr int hexWidthMax = 40;
constexpr int valueWidth = 40;

class OneKeyView final : public View {
 public:
  OneKeyView(std::ostream& out, bool colour) : out_(out), colour_(colour) {}

  void begin(const Reading& reading) override {
    writers_ = reading.writers;
    writeHeading(out_, reading);
  }

  void key(const MergedKey& merged, const Agreement& agreement) override {
    out_ << fmt::format("key {} · hex {} · {} byte{} · replicas",
                        shortText(merged.key, keyWidthMax),
                        shortened(toHex(merged.key), hexWidthMax), merged.key.size(),
                        merged.key.size() == 1 ? "" : "s");
    for (const NodeId node : agreement.replicas) out_ << " " << toString(node);
    out_ << "\n";
    TextTable table({{"node"},
                     {"copy"},
                     {"kind"},
                     {"version"},
                     {"writer"},
                     {"bytes", Align::right},
                     {"digest"},
                     {"value"}});
    for (const Copy& copy : agreement.copies) table.add(rowOf(copy, agreement));
    out_ << table.take(colour_) << painted(verdict(agreement), toneOf(agreement), colour_) << "\n";
  }

  void end(const Tally& /*tally*/, const std::vector<NodeStream>& streams) override {
    writeFailures(out_, streams);
  }

 private:
  std::vector<Cell> rowOf(const Copy& copy, const Agreement& agreement) const {
    std::vector<Cell> row = {{toString(copy.node)}, stateCell(copy, agreement)};
    if (copy.record == nullptr) return row;
    const Record& record = *copy.record;
    row.push_back({record.isTombstone() ? "tombstone" : "value"});
    row.push_back({toIso8601({record.version.timestamp})});
    const auto writer = writers_.find(record.version.writer);
    row.push_back({writer != writers_.end() ? toString(writer->second)
                                            : fmt::format("{:016x}", record.version.writer)});
    row.push_back({std::to_string(record.value.size())});
    row.push_back({fmt::format("{:016x}", digestOf(record))});
    row.push_back({record.isTombstone() ? "(deleted)" : shortText(record.value, valueWidth)});
    return row;
  }

  static bool differs(const Copy& copy, const Agreement& agreement) {
    return copy.state == CopyState::behind && copy.record->version == agreement.newest->version;
  }

  static Cell stateCell(const Copy& copy, const Agreement& agreement) {
    switch (copy.state) {
      case CopyState::ok:
        return copy.record != nullptr ? Cell{"newest", Tone::good} : Cell{"nothing", Tone::dim};
      case CopyState::behind:
        return differs(copy, agreement) ? Cell{"OTHER BYTES", Tone::bad}
                                        : Cell{"BEHIND", Tone::warning};
      case CopyState::missing:
        return {"MISSING", Tone::bad};
      case CopyState::notRead:
        return {"?", Tone::dim};
      case CopyState::stray:
        return {"STRAY", Tone::warning};
    }
    return {};
  }

  static Tone toneOf(const Agreement& agreement) {
    return agreement.agree() ? Tone::plain : Tone::bad;
  }

  static std::string verdict(const Agreement& agreement) {
    const auto read = static_cast<std::size_t>(agreement.read);
    const std::string unread = complaints(agreement, {CopyState::notRead});
    const std::string rest = unread.empty() ? "" : "; " + unread;
    if (read == 0 && agreement.newest == nullptr) return "No replica was read: nothing is known.";
    if (agreement.newest == nullptr) {
      return fmt::format("Nothing is held of this key by the {} replica{} read{}.", read,
                         read == 1 ? "" : "s", rest);
    }
    if (!agreement.agree()) {
      return fmt::format(
          "NOT IN AGREEMENT: {} of {} replicas read have the newest; {}{}.", agreement.current,
          read, complaints(agreement, {CopyState::behind, CopyState::missing, CopyState::stray}),
          rest);
    }
    return fmt::format("{} of {} replicas read agree in version and digest{}{}.", read, read,
                       agreement.tombstone() ? ": the key is deleted" : "", rest);
  }

  static std::string complaints(const Agreement& agreement, const std::vector<CopyState>& states) {
    std::string text;
    for (const Copy& copy : agreement.copies) {
      if (std::find(states.begin(), states.end(), copy.state) == states.end()) continue;
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", toString(copy.node),
                          wordFor(copy, agreement));
    }
    return text;
  }

  static std::string_view wordFor(const Copy& copy, const Agreement& agreement) {
    if (copy.state == CopyState::behind) {
      return differs(copy, agreement) ? "has other bytes under the same version" : "behind";
    }
    if (copy.state == CopyState::missing) return "missing";
    return copy.state == CopyState::stray ? "stray" : "not read";
  }

  std::ostream& out_;
  const bool colour_;
  std::map<std::uint64_t, NodeId> writers_;
};

}  // namespace

std::unique_ptr<View> oneKeyView(std::ostream& out, bool colour) {
  return std::make_unique<OneKeyView>(out, colour);
}

}  // namespace henge::inspector

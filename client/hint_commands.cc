// hints: what each node keeps for others that missed a write; hints wait: until they have it.
#include <algorithm>
#include <fmt/format.h>

#include "client/cluster_sight.h"
#include "client/commands.h"
#include "client/exit_code.h"
#include "client/humane.h"
#include "client/json_lines.h"
#include "core/text_table.h"

namespace henge::client {

namespace {

constexpr Duration waitDefault{60'000'000};
constexpr Duration waitLeast{200'000};  // for the last of the nodes, when the time is up
constexpr std::size_t marksShownMax = 20;

bool json(const Invocation& call) { return call.options.output == OutputForm::json; }

std::string count(std::uint64_t number) { return grouped(static_cast<std::int64_t>(number)); }
std::string size(std::uint64_t bytes) { return sizeText(static_cast<std::int64_t>(bytes)); }

Tone toneOf(const HintTargetView& target) {
  if (target.count == 0) return Tone::plain;
  return target.state == "sending" ? Tone::good : Tone::warning;
}

std::string targetTable(const HintsView& view, WallTime now, bool colour) {
  TextTable table({{"for"},
                   {"hints", Align::right},
                   {"bytes", Align::right},
                   {"oldest", Align::right},
                   {"state"},
                   {"delivered", Align::right},
                   {"cancelled", Align::right},
                   {"expired", Align::right},
                   {"dropped", Align::right}});
  for (const HintTargetView& target : view.targets) {
    const Duration age{std::max<std::int64_t>(now.micros - target.oldest.micros, 0)};
    table.add({{toString(target.target)},
               {count(target.count)},
               {size(target.bytes)},
               {target.oldest.micros == 0 ? "-" : spanText(age)},
               {printable(target.state), toneOf(target)},
               {count(target.delivered)},
               {count(target.cancelled)},
               {count(target.expired + target.refused)},
               {count(target.dropped)}});
  }
  return table.take(colour);
}

std::string marksText(const HintsView& view, bool colour) {
  if (view.markCount == 0) return "";
  std::string text =
      painted("NEEDS REPAIR", Tone::bad, colour) + ", hints for these ranges were lost:\n";
  const std::size_t shown = std::min(view.marks.size(), marksShownMax);
  for (std::size_t i = 0; i < shown; ++i) {
    const RepairMark& mark = view.marks[i];
    text += fmt::format("  {} from {} to {}\n", toString(mark.target), quotedKey(mark.first),
                        quotedKey(mark.end));
  }
  if (view.markCount > shown) text += fmt::format("  … {} more\n", view.markCount - shown);
  return text;
}

std::string hintsText(const HintsView& view, const Address& address, WallTime now, bool colour) {
  std::uint64_t hints = 0, bytes = 0;
  for (const HintTargetView& target : view.targets) {
    hints += target.count;
    bytes += target.bytes;
  }
  std::string text = fmt::format(
      "{} {} keeps {} hint{}, {}; at most {} for a node, {} in all, for {}\n", toString(view.node),
      printable(toString(address)), count(hints), hints == 1 ? "" : "s", size(bytes),
      size(view.limits.bytesMax), size(view.limits.bytesAllMax), spanText(view.limits.ageMax));
  if (!view.targets.empty()) text += targetTable(view, now, colour);
  if (!view.notCounted.empty()) {
    text += "  " + painted("not counted yet", Tone::warning, colour) +
            ": hints of earlier starts, " + printable(view.notCounted) + "\n";
  }
  for (const HintTargetView& target : view.targets) {
    if (!target.reason.empty()) text += "  " + printable(target.reason) + "\n";
  }
  return text + marksText(view, colour);
}

std::string syncText(NodeId node, const HintSync& sync) {
  if (sync.asked == 0) return toString(node) + ": no hints\n";
  std::string text = fmt::format("{}: {} of {} hints delivered", toString(node),
                                 count(sync.delivered), count(sync.asked));
  if (sync.lost > 0) text += fmt::format(", {} expired or refused", count(sync.lost));
  if (sync.left > 0) text += fmt::format(", {} left", count(sync.left));
  return text + "\n";
}

int sayMissing(const Invocation& call, Screen& screen, const std::string& message) {
  if (json(call)) {
    screen.out << errorJson("hints", "unreachable", message, exitUnavailable);
  } else {
    screen.err << "henge: " << printable(message) << "\n";
  }
  return exitUnavailable;
}

// One node's word; the code to end with if nothing worse comes.
Result<int> ask(const Invocation& call, const Surroundings& around, Screen& screen,
                const MemberSight& member, Duration timeout) {
  if (!member.status) return Error{ErrorKind::unavailable, member.reason};
  const Result<std::unique_ptr<NodeSession>> session =
      around.dialer.dial(member.member.client, timeout);
  if (!session) return session.error();
  if (call.waits) {
    const Result<HintSync> sync = (*session)->syncHints(timeout);
    if (!sync) return sync.error();
    screen.out << (json(call) ? hintSyncJson(member.member.id, *sync)
                              : syncText(member.member.id, *sync));
    return sync->left + sync->lost == 0 ? exitOk : exitUnavailable;
  }
  const Result<HintsView> view = (*session)->hints(timeout);
  if (!view) return view.error();
  screen.out << (json(call)
                     ? hintsJson(*view, member.member.client)
                     : hintsText(*view, member.member.client, around.clock.wall(), screen.colour));
  return exitOk;
}

}  // namespace

int runHints(const Invocation& call, const Surroundings& around, Screen& screen) {
  const Duration usual = call.waits ? waitDefault : lookDefault;
  const Duration budget = call.options.timeoutMs ? Duration{*call.options.timeoutMs * 1000} : usual;
  const MonoTime end = around.clock.now() + budget;
  const Result<ClusterSight> sight =
      seeCluster(around.dialer, call.options.nodes, around.clock, std::min(budget, lookDefault));
  if (!sight) return sayMissing(call, screen, sight.error().message);
  int code = exitOk;
  for (const MemberSight& member : sight->members) {
    const Duration left = call.waits ? std::max(end - around.clock.now(), waitLeast) : budget;
    const Result<int> told = ask(call, around, screen, member, left);
    if (!told) {
      code = sayMissing(call, screen,
                        fmt::format("{} {} does not tell: {}", toString(member.member.id),
                                    toString(member.member.client), told.error().message));
    } else if (*told != exitOk) {
      code = *told;
    }
  }
  return code;
}

}  // namespace henge::client

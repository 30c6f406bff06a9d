#include "client/answer_text.h"

#include <algorithm>
#include <fmt/format.h>

#include "client/exit_code.h"
#include "client/humane.h"
#include "core/ring.h"
#include "core/text_table.h"

namespace henge::client {

namespace {

constexpr std::string_view indent = "      ";  // as wide as "OK    "

std::string names(const std::vector<NodeId>& nodes) {
  std::string text;
  for (const NodeId node : nodes) text += (text.empty() ? "" : " ") + toString(node);
  return text;
}

std::string stampText(Version version, const std::optional<NodeId>& stampedBy) {
  if (version.isNone()) return "";
  const std::string by =
      stampedBy ? toString(*stampedBy) : fmt::format("client {:016x}", version.writer);
  return fmt::format("   ts {} {}", toIso8601({version.timestamp}), by);
}

bool holds(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

// ---- who the replicas are, if the asked node told the ring

std::vector<NodeId> replicasOf(const Exchange& exchange) {
  if (!exchange.ring || !validate(exchange.ring->cluster).ok()) return {};
  return Ring(exchange.ring->cluster).replicasOf(exchange.key);
}

const MemberView* viewOf(const Exchange& exchange, NodeId node) {
  if (!exchange.ring) return nullptr;
  for (const MemberView& view : exchange.ring->members) {
    if (view.member.id == node) return &view;
  }
  return nullptr;
}

std::string stateText(const MemberView& view) {
  const std::string_view word = view.liveness == Liveness::rebuilding ? "rebuilding" : "down";
  std::string text = fmt::format("{} {}", word, spanText(view.since));
  if (!view.reason.empty()) text += "  " + printable(view.reason);
  return text;
}

// One line for each replica that did not take part, with what the asked node knows of it.
std::string missingLines(const FailureReport& report) {
  std::string text;
  for (const NodeId node : report.error.missing) {
    const MemberView* view = viewOf(report.exchange, node);
    if (view == nullptr) {
      text += fmt::format("  {}\n", toString(node));
      continue;
    }
    text += fmt::format("  {} {}  {}\n", toString(node), toString(view->member.client),
                        view->liveness == Liveness::up ? "up by now" : stateText(*view));
  }
  return text;
}

// ---- unavailable

std::string aliveText(const FailureReport& report, const std::vector<NodeId>& replicas) {
  const int alive = report.error.alive;
  if (alive == 0) return "none is up";
  std::vector<NodeId> up;
  for (const NodeId node : replicas) {
    if (!holds(report.error.missing, node)) up.push_back(node);
  }
  const std::string who = up.empty() ? "" : fmt::format(" ({})", names(up));
  return fmt::format("only {} {} up{}", alive, alive == 1 ? "is" : "are", who);
}

std::string tryLine(const FailureReport& report) {
  std::string text = "  Try:  ";
  if (report.error.alive > 0 && report.exchange.level != Consistency::one) {
    text += "the same with level one   |   ";
  }
  for (const NodeId node : report.error.missing) {
    const MemberView* view = viewOf(report.exchange, node);
    if (view == nullptr || view->liveness != Liveness::down) continue;
    if (!view->member.client.host.starts_with("127.")) continue;
    text += fmt::format("scripts/server.sh start {}   |   ", node.value);
    break;
  }
  return text + "henge status\n";
}

std::string consequence(const FailureReport& report) {
  if (!report.exchange.isWrite) return "  Nothing was changed. Asking again is safe.\n";
  if (report.outcome == Outcome::surelyNotApplied) {
    return "  Nothing was written. Retrying is safe.\n";
  }
  if (report.exchange.hasOwnVersion) {
    return fmt::format(
        "  The outcome is unknown: the write may have happened, or happen yet.\n"
        "  The same write again:  retry        See what is held:  get {}\n",
        shellWord(report.exchange.key));
  }
  return fmt::format(
      "  The outcome is unknown: the write may have happened, or happen yet. It was not sent "
      "again.\n"
      "  See what is held:  henge get {}        Putting again makes a new, newer write.\n",
      shellWord(report.exchange.key));
}

std::string unavailableText(const FailureReport& report) {
  const std::vector<NodeId> replicas = replicasOf(report.exchange);
  const std::string of = replicas.empty() ? "its replicas" : fmt::format("{{{}}}", names(replicas));
  return fmt::format("UNAVAILABLE  {} needs {} of {}; {}\n", nameOf(report.exchange.level),
                     report.error.needed, of, aliveText(report, replicas)) +
         missingLines(report) + consequence(report) + tryLine(report);
}

// ---- timeout and the rest

std::string timeoutText(const FailureReport& report) {
  std::string who;
  for (const NodeId node : replicasOf(report.exchange)) {
    const bool silent = holds(report.error.missing, node);
    who += fmt::format("{}{} {}", who.empty() ? " (" : ", ", toString(node),
                       silent ? "no answer" : "yes");
  }
  if (!who.empty()) who += ")";
  return fmt::format("TIMEOUT  {} of {} needed answers within {} ms{}\n", report.error.acknowledged,
                     report.error.needed, report.exchange.timeout.micros / 1000, who) +
         consequence(report);
}

std::string lostText(const FailureReport& report) {
  if (report.interrupted) return "CANCELLED\n" + consequence(report);
  return fmt::format("UNKNOWN  {} {}: {}\n", toString(report.exchange.via),
                     toString(report.exchange.viaAddress), printable(report.lost)) +
         consequence(report);
}

std::string otherText(std::string_view word, const FailureReport& report) {
  std::string text = fmt::format("{}  {}\n", word, printable(report.error.message));
  if (report.error.retryAfterMs > 0) {
    text += fmt::format("  Try again in {} ms.\n", report.error.retryAfterMs);
  }
  return text + consequence(report);
}

std::string missedText(const PutAnswer& answer) {
  if (answer.missed.empty()) return "";
  return fmt::format("{}not sent to {}: not up; a hint or a read will bring it there\n", indent,
                     names(answer.missed));
}

std::string agreementText(const ReadReport& report) {
  const GetAnswer& answer = report.answer;
  if (!answer.record) return ", none has this key";
  if (!answer.repaired.empty()) {
    const char* was = answer.repaired.size() == 1 ? "was" : "were";
    return fmt::format(", {} {} behind and {} brought up to date", names(answer.repaired), was,
                       was);
  }
  if (answer.record->isTombstone()) return ": it was removed";
  return answer.acknowledged > 1 ? ", they agree" : "";
}

}  // namespace

std::string writeText(const WriteReport& report, bool colour) {
  const PutAnswer& answer = report.answer;
  const std::string_view what = report.exchange.isRemove ? "tombstone written, " : "";
  const std::string stamp =
      report.exchange.isRemove ? "" : stampText(answer.version, report.stampedBy);
  std::string text = painted("OK", Tone::good, colour);
  text += fmt::format("    {}acks {} of {} (needed {}){}   {}\n", what, answer.acknowledged,
                      answer.replicas, answer.needed, stamp, millisText(report.exchange.took));
  if (answer.superseded)
    text += fmt::format("{}but a newer value is held: yours is older\n", indent);
  return text + missedText(answer);
}

std::string readRemark(const ReadReport& report) {
  const GetAnswer& answer = report.answer;
  const std::string who = answer.answeredBy.empty() || !answer.record
                              ? ""
                              : fmt::format(" ({})", names(answer.answeredBy));
  const Version version = answer.record ? answer.record->version : Version{};
  return fmt::format("{}{}{} of {} replicas answered{}{}{}   {}\n", indent,
                     answer.found() ? "" : "(no value) ", answer.acknowledged, answer.replicas, who,
                     agreementText(report), stampText(version, report.stampedBy),
                     millisText(report.exchange.took));
}

std::string traceText(const Exchange& exchange) {
  if (!exchange.isTraced) return "";
  if (exchange.trace.empty()) {
    return fmt::format("{}{} told nothing of its way\n", indent, toString(exchange.via));
  }
  std::string text;
  for (const std::string& line : linesOf(exchange.trace)) text += printable(line) + "\n";
  return text;
}

std::string failureText(const FailureReport& report) {
  if (!report.lost.empty()) return lostText(report);
  switch (report.error.kind) {
    case RequestErrorKind::unavailable:
      return unavailableText(report);
    case RequestErrorKind::timeout:
      return timeoutText(report);
    case RequestErrorKind::overloaded:
      return otherText("OVERLOADED", report);
    case RequestErrorKind::rebuilding:
      return otherText("REBUILDING", report);
    case RequestErrorKind::invalidRequest:
    case RequestErrorKind::unsupported:
      return fmt::format("henge: {}\n", printable(report.error.message));
  }
  return otherText("FAILED", report);
}

std::string missText(const Miss& miss, NodeId asked, bool inSession) {
  const std::string name = miss.node ? toString(*miss.node) + " " : "";
  return fmt::format("henge: {}{} {} ({}); {} {}\n", name, toString(miss.address),
                     inSession ? "does not answer" : "did not answer", printable(miss.cause),
                     inSession ? "now asking" : "asked", toString(asked));
}

std::string nobodyText(const std::vector<Miss>& misses) {
  std::string who;
  for (const Miss& miss : misses) {
    who += fmt::format("{}{} {}", who.empty() ? "" : ", ", toString(miss.address),
                       printable(miss.cause));
  }
  return fmt::format("henge: no node answered: {}\n", who) +
         "  Is the cluster running?  scripts/server.sh status\n";
}

int exitCodeOf(const FailureReport& report) {
  const bool unknown = report.exchange.isWrite && report.outcome == Outcome::unknown;
  if (report.interrupted) return exitInterrupted;
  if (unknown || !report.lost.empty()) return exitUnknown;
  switch (report.error.kind) {
    case RequestErrorKind::timeout:
      return exitUnknown;
    case RequestErrorKind::invalidRequest:
    case RequestErrorKind::unsupported:
      return exitUsage;
    case RequestErrorKind::unavailable:
    case RequestErrorKind::overloaded:
    case RequestErrorKind::rebuilding:
      return exitUnavailable;
  }
  return exitInternal;
}

}  // namespace henge::client

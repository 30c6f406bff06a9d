// status, ring, accept: the whole cluster at once.
#include <fmt/format.h>

#include "client/cluster_sight.h"
#include "client/cluster_text.h"
#include "client/commands.h"
#include "client/exit_code.h"
#include "client/humane.h"
#include "client/json_lines.h"
#include "client/log_text.h"
#include "client/verdict.h"
#include "core/text_table.h"

namespace henge::client {

namespace {

Duration timeoutOf(const Options& options) {
  return options.timeoutMs ? Duration{*options.timeoutMs * 1000} : lookDefault;
}

bool json(const Invocation& call) { return call.options.output == OutputForm::json; }

int sayError(const Invocation& call, Screen& screen, std::string_view command,
             std::string_view error, const std::string& message, int code) {
  if (json(call)) {
    screen.out << errorJson(command, error, message, code);
  } else {
    screen.err << "henge: " << printable(message) << "\n";
  }
  return code;
}

// The sight, or the exit code.
std::optional<ClusterSight> see(const Invocation& call, const Surroundings& around, Screen& screen,
                                std::string_view command) {
  Result<ClusterSight> sight =
      seeCluster(around.dialer, call.options.nodes, around.clock, timeoutOf(call.options));
  if (sight && !around.interrupt.isRaised()) return std::move(*sight);
  if (around.interrupt.isRaised()) {
    sayError(call, screen, command, "interrupted", "interrupted", exitInterrupted);
    return std::nullopt;
  }
  sayError(call, screen, command, "unreachable", sight.error().message, exitUnavailable);
  if (!json(call)) screen.err << "  Is the cluster running?  scripts/server.sh status\n";
  return std::nullopt;
}

// ---- accept

// Why it cannot be accepted: the exit code then.
int refuseAccept(const Invocation& call, Screen& screen, const ClusterSight& sight) {
  const NodeId node = *call.node;
  if (sight.cluster.find(node) == nullptr) {
    return sayError(
        call, screen, "accept", "invalid_request",
        fmt::format("{} is not a member of cluster {}", toString(node), sight.cluster.name),
        exitUsage);
  }
  const MemberSight& member = sight.member(node);
  if (!member.status) {
    return sayError(call, screen, "accept", "unreachable",
                    fmt::format("{} {} does not answer ({}); which directory it has must be known: "
                                "start it first",
                                toString(node), toString(member.member.client), member.reason),
                    exitUnavailable);
  }
  return exitOk;
}

// Names everything that would be given up.
int warnOfAccept(const Invocation& call, Screen& screen, const ClusterSight& sight,
                 const LogView& log) {
  if (!json(call)) {
    screen.err << acceptWarning(sight, *call.node, log);
    return exitUsage;
  }
  screen.out << damageJson(log);
  return sayError(call, screen, "accept", "needs_yes",
                  "accept gives up what the directory lacks; confirm with --yes", exitUsage);
}

void sayWhatIsAccepted(const Invocation& call, Screen& screen, const MemberSight& accepted,
                       const LogView& log) {
  if (json(call)) {
    screen.out << damageJson(log);
    return;
  }
  screen.out << fmt::format("Accepting the directory of {} as it is: {}, start {}, {} keys\n",
                            toString(accepted.member.id), toString(accepted.status->directory),
                            accepted.status->boot, grouped(accepted.status->keys));
  if (!log.damage.empty()) screen.out << "Given up with it:\n" << damageText(log);
}

// Tells one node; whether it took it.
bool acceptAt(const Invocation& call, const Surroundings& around, Screen& screen,
              const MemberSight& at, DirectoryId directory) {
  const Duration timeout = timeoutOf(call.options);
  Result<std::string> answer = Error{ErrorKind::unavailable, at.reason};
  if (at.status) {  // else it has just been asked in vain
    Result<std::unique_ptr<NodeSession>> session = around.dialer.dial(at.member.client, timeout);
    answer = session ? (*session)->accept(*call.node, directory, timeout) : session.error();
  }
  const std::string message = answer ? *answer : answer.error().message;
  if (json(call)) {
    screen.out << acceptJson(*call.node, at.member.id, answer.ok(), message);
  } else {
    screen.out << fmt::format("{}  {}: {}\n", toString(at.member.id),
                              answer ? "accepted" : "NOT accepted", printable(message));
  }
  return answer.ok();
}

}  // namespace

int runStatus(const Invocation& call, const Surroundings& around, Screen& screen) {
  const std::optional<ClusterSight> sight = see(call, around, screen, "status");
  if (!sight) return exitUnavailable;
  screen.out << (json(call) ? statusJson(*sight) : statusText(*sight, screen.colour));
  return judge(*sight).rangesWithoutQuorum == 0 ? exitOk : exitUnavailable;
}

int runRing(const Invocation& call, const Surroundings& around, Screen& screen) {
  const std::optional<ClusterSight> sight = see(call, around, screen, "ring");
  if (!sight) return exitUnavailable;
  if (call.key) {
    screen.out << (json(call) ? placeJson(*sight, *call.key) : placeText(*sight, *call.key));
  } else {
    screen.out << (json(call) ? ringJson(*sight) : ringText(*sight, screen.colour));
  }
  return exitOk;
}

// The node itself is told last: it must not serve before those who judge it have agreed.
int runAccept(const Invocation& call, const Surroundings& around, Screen& screen) {
  const std::optional<ClusterSight> sight = see(call, around, screen, "accept");
  if (!sight) return exitUnavailable;
  const int refused = refuseAccept(call, screen, *sight);
  if (refused != exitOk) return refused;
  const MemberSight& accepted = sight->member(*call.node);
  const DirectoryId directory = accepted.status->directory;
  const Result<LogView> log = askLog(around.dialer, accepted, timeoutOf(call.options));
  if (!log) {
    return sayError(call, screen, "accept", "unreachable",
                    fmt::format("{} does not say what its log has lost: {}",
                                toString(accepted.member.id), log.error().message),
                    exitUnavailable);
  }
  if (!call.options.yes) return warnOfAccept(call, screen, *sight, *log);
  sayWhatIsAccepted(call, screen, accepted, *log);
  int failures = 0;
  for (const MemberSight& member : sight->members) {
    if (member.member.id == accepted.member.id) continue;
    failures += acceptAt(call, around, screen, member, directory) ? 0 : 1;
  }
  failures += acceptAt(call, around, screen, accepted, directory) ? 0 : 1;
  if (failures == 0) return exitOk;
  if (!json(call)) {
    screen.err << fmt::format(
        "henge: {} of {} nodes did not accept it; run this again when they "
        "answer\n",
        failures, sight->members.size());
  }
  return exitUnavailable;
}

}  // namespace henge::client

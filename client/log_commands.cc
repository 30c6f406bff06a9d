// log: one node's recovery log, or every node's.
#include <fmt/format.h>

#include "client/cluster_sight.h"
#include "client/commands.h"
#include "client/exit_code.h"
#include "client/json_lines.h"
#include "client/log_text.h"
#include "client/reach.h"
#include "core/text_table.h"

namespace henge::client {

namespace {

Duration timeoutOf(const Options& options) {
  return options.timeoutMs ? Duration{*options.timeoutMs * 1000} : lookDefault;
}

bool json(const Invocation& call) { return call.options.output == OutputForm::json; }

int sayUnreachable(const Invocation& call, Screen& screen, const std::string& message) {
  if (json(call)) {
    screen.out << errorJson("log", "unreachable", message, exitUnavailable);
  } else {
    screen.err << "henge: " << printable(message) << "\n";
  }
  return exitUnavailable;
}

void show(const Invocation& call, Screen& screen, const LogView& log, const Address& address) {
  screen.out << (json(call) ? logJson(log, address) : logText(log, address, screen.colour));
}

// The first of the addresses that tells.
int showOne(const Invocation& call, const Surroundings& around, Screen& screen) {
  const Duration timeout = timeoutOf(call.options);
  Reach reach(around.dialer, call.options.nodes, timeout);
  while (const std::unique_ptr<NodeSession> session = reach.next()) {
    const Result<LogView> log = session->log(timeout);
    if (log) {
      show(call, screen, *log, reach.address());
      return exitOk;
    }
    reach.missed(log.error().message);
  }
  std::string message = "no node answered";
  for (const Miss& miss : reach.misses()) {
    message += fmt::format("; {}: {}", toString(miss.address), miss.cause);
  }
  return sayUnreachable(call, screen, message);
}

int showAll(const Invocation& call, const Surroundings& around, Screen& screen) {
  const Duration timeout = timeoutOf(call.options);
  const Result<ClusterSight> sight =
      seeCluster(around.dialer, call.options.nodes, around.clock, timeout);
  if (!sight) return sayUnreachable(call, screen, sight.error().message);
  int code = exitOk;
  for (const MemberSight& member : sight->members) {
    const Result<LogView> log = askLog(around.dialer, member, timeout);
    if (log) {
      show(call, screen, *log, member.member.client);
    } else {
      code =
          sayUnreachable(call, screen,
                         fmt::format("{} {} did not tell its log: {}", toString(member.member.id),
                                     toString(member.member.client), log.error().message));
    }
  }
  return code;
}

}  // namespace

Result<LogView> askLog(Dialer& dialer, const MemberSight& member, Duration timeout) {
  if (!member.status) return Error{ErrorKind::unavailable, member.reason};  // just asked in vain
  const Result<std::unique_ptr<NodeSession>> session = dialer.dial(member.member.client, timeout);
  return session ? (*session)->log(timeout) : session.error();
}

int runLog(const Invocation& call, const Surroundings& around, Screen& screen) {
  return call.everyNode ? showAll(call, around, screen) : showOne(call, around, screen);
}

}  // namespace henge::client

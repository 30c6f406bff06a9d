// put, remove, get: one request to one node, and on to the next node while that is harmless.
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "client/answer_text.h"
#include "client/commands.h"
#include "client/exit_code.h"
#include "client/humane.h"
#include "client/json_lines.h"
#include "client/reach.h"
#include "core/key_text.h"
#include "core/limits.h"
#include "core/text_table.h"

namespace henge::client {

namespace {

Duration timeoutOf(const Options& options) {
  return options.timeoutMs ? Duration{*options.timeoutMs * 1000} : requestDefault;
}

struct Request {
  const Invocation& call;
  const Surroundings& around;
  Screen& screen;
  Reach reach;
  Exchange exchange;

  bool json() const { return call.options.output == OutputForm::json; }
};

Request begin(const Invocation& call, const Surroundings& around, Screen& screen) {
  const Duration timeout = timeoutOf(call.options);
  Request request{call, around, screen, Reach(around.dialer, call.options.nodes, timeout), {}};
  request.exchange.isRemove = call.command == CommandKind::remove;
  request.exchange.isWrite = request.exchange.isRemove || call.command == CommandKind::put;
  request.exchange.key = *call.key;
  request.exchange.level = call.level;
  request.exchange.timeout = timeout;
  request.exchange.isTraced = call.options.trace;
  return request;
}

// Names that only the ring knows are worth one more question; without an answer we do without.
void learnRing(Request& request, NodeSession& session) {
  if (request.exchange.ring) return;
  Result<RingView> ring = session.ring(request.exchange.timeout);
  if (ring) request.exchange.ring = std::move(*ring);
}

// A session stays with the node that took a request.
void settle(Request& request, NodeSession& session) {
  if (request.around.session == nullptr) return;
  request.around.session->answeredBy(session.greeting().node, request.reach.address());
}

void remarkMisses(Request& request, NodeSession& session) {
  settle(request, session);
  if (request.screen.quiet || request.reach.misses().empty()) return;
  learnRing(request, session);
  for (Miss miss : request.reach.misses()) {
    if (request.exchange.ring) {
      for (const Member& member : request.exchange.ring->cluster.members) {
        if (member.client == miss.address) miss.node = member.id;
      }
    }
    request.screen.err << missText(miss, request.exchange.via, request.around.session != nullptr);
  }
}

bool interrupted(const Request& request) { return request.around.interrupt.isRaised(); }

std::string_view nameOfCommand(const Exchange& exchange) {
  return exchange.isRemove ? "remove" : exchange.isWrite ? "put" : "get";
}

// Ctrl-C, and surely nothing has become of the request.
int cancelled(Request& request) {
  if (request.json()) {
    request.screen.out << errorJson(nameOfCommand(request.exchange), "interrupted", "interrupted",
                                    exitInterrupted);
  } else {
    request.screen.err << "CANCELLED  "
                       << (request.exchange.isWrite ? "Nothing was written.\n"
                                                    : "Nothing was changed.\n");
  }
  return exitInterrupted;
}

int nobody(Request& request) {
  if (interrupted(request)) return cancelled(request);
  if (request.json()) {
    std::string who;
    for (const Miss& miss : request.reach.misses()) {
      who += fmt::format("{}{} {}", who.empty() ? "" : ", ", toString(miss.address), miss.cause);
    }
    request.screen.out << errorJson(nameOfCommand(request.exchange), "unreachable",
                                    "no node answered: " + who, exitUnavailable);
  } else {
    request.screen.err << nobodyText(request.reach.misses());
  }
  return exitUnavailable;
}

int refuse(Request& request, const FailureReport& report) {
  const int code = exitCodeOf(report);
  if (request.json()) {
    request.screen.out << failureJson(report, code);
  } else {
    request.screen.err << failureText(report);
  }
  return code;
}

int fail(Request& request, NodeSession& session, const RequestError& error, Outcome outcome) {
  const bool names =
      error.kind == RequestErrorKind::unavailable || error.kind == RequestErrorKind::timeout;
  if (names && !request.json()) learnRing(request, session);
  remarkMisses(request, session);
  return refuse(request, {request.exchange, error, outcome, false, ""});
}

// Nobody knows whether the write arrived.
int lost(Request& request, const std::string& cause) {
  RequestError error;
  error.kind = RequestErrorKind::timeout;
  return refuse(request, {request.exchange, error, Outcome::unknown, interrupted(request), cause});
}

int tooLarge(Request& request, const Error& error) {
  RequestError refusal;
  refusal.kind = RequestErrorKind::invalidRequest;
  refusal.message = error.message;
  return refuse(request, {request.exchange, refusal, Outcome::surelyNotApplied, false, ""});
}

// Where lines are typed it belongs to what is read; a value that goes elsewhere stays alone there.
int withTrace(const Request& request, int code) {
  if (request.json()) return code;
  Screen& screen = request.screen;
  const bool isTyped =
      request.around.session != nullptr && screen.inIsTerminal && screen.outIsTerminal;
  (isTyped ? screen.out : screen.err) << traceText(request.exchange);
  return code;
}

// ---- put and remove

int showWrite(Request& request, NodeSession& session, PutAnswer answer) {
  remarkMisses(request, session);
  const Version version = answer.version;
  std::optional<NodeId> by = stamperOf(version, session.greeting(), request.exchange.ring);
  const WriteReport report{request.exchange, std::move(answer), by};
  request.screen.out << (request.json() ? writeJson(report)
                                        : writeText(report, request.screen.colour));
  return exitOk;
}

bool mayAskTheNext(const std::optional<RequestError>& error, Outcome outcome) {
  return error && error->kind == RequestErrorKind::rebuilding &&
         outcome == Outcome::surelyNotApplied;
}

// Of a session's write the version is known before it is sent, so that it can be sent again.
void rememberWrite(Request& request, PutRequest& put) {
  Session* session = request.around.session;
  if (session == nullptr) return;
  if (!put.version) put.version = session->clock.stamp(request.around.clock.wall());
  session->lastWrite = put;
  request.exchange.hasOwnVersion = true;
}

PutRequest putOf(const Request& request, Bytes value) {
  PutRequest put;
  put.context.level = request.call.level;
  put.context.trace = request.call.options.trace;
  put.key = *request.call.key;
  put.kind = request.exchange.isRemove ? RecordKind::tombstone : RecordKind::value;
  put.value = std::move(value);
  return put;
}

// A write that may have arrived goes to the next node only with a version of its own: it is the
// same write then, and not a newer one.
int write(Request& request, PutRequest put) {
  rememberWrite(request, put);
  std::string lostCause;
  while (std::unique_ptr<NodeSession> session = request.reach.next()) {
    request.exchange.via = session->greeting().node;
    request.exchange.viaAddress = request.reach.address();
    const Limits& limits = session->greeting().limits;
    for (const Status& fits : {checkKey(limits, put.key), checkValue(limits, put.value)}) {
      if (!fits.ok()) return tooLarge(request, fits.error());
    }
    const MonoTime sent = request.around.clock.now();
    Result<PutAnswer> answer = session->put(put, request.exchange.timeout);
    request.exchange.took = request.around.clock.now() - sent;
    if (answer) request.exchange.trace = answer->trace;
    if (!answer && answer.error().kind == ErrorKind::unavailable) {
      request.reach.missed(answer.error().message);
      continue;
    }
    if (!answer && (!put.version || interrupted(request))) {
      return lost(request, answer.error().message);
    }
    if (!answer) {
      lostCause = answer.error().message;
      request.reach.missed(lostCause);
      continue;
    }
    if (mayAskTheNext(answer->error, answer->outcome)) {
      request.reach.missed(answer->error->message);
      continue;
    }
    // What was lost before may have been written, whatever the last node says.
    const Outcome outcome = lostCause.empty() ? answer->outcome : Outcome::unknown;
    if (answer->error) {
      return withTrace(request, fail(request, *session, *answer->error, outcome));
    }
    return withTrace(request, showWrite(request, *session, std::move(*answer)));
  }
  return lostCause.empty() ? nobody(request) : lost(request, lostCause);
}

// At most one byte more than may be stored, so that what is too large is refused and not kept.
std::optional<Bytes> readValue(std::istream& in, std::size_t bytesMax) {
  Bytes value;
  char block[64 * 1024];
  while (value.size() <= bytesMax && in) {
    in.read(block, sizeof block);
    value.append(block, static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return std::nullopt;
  return value;
}

// ---- get

// Text as it is; what a terminal would obey, or could not show, in the way keys are written.
std::string terminalText(const Bytes& value) {
  std::string plain = value;
  std::replace_if(
      plain.begin(), plain.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return printable(plain) == plain ? value : toKeyText(value);
}

// The number of a byte, written as text, is a mistake worth a word.
std::string byteHint(const Bytes& key) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
  if (error != std::errc{} || end != key.data() + key.size() || number > 255) return "";
  return fmt::format("  {0} is text here; the single byte is written u8:{1}\n", key, number);
}

int showValue(Request& request, const ReadReport& report) {
  Screen& screen = request.screen;
  if (request.json()) {
    screen.out << readJson(report);
    return report.answer.found() ? exitOk : exitNo;
  }
  const bool remark = screen.outIsTerminal && !screen.quiet;
  if (!report.answer.found()) {
    screen.err << fmt::format("henge: no value for {}\n", quotedKey(report.exchange.key))
               << (screen.quiet ? "" : byteHint(report.exchange.key));
    if (remark) screen.err << readRemark(report);
    return exitNo;
  }
  const Bytes& value = report.answer.record->value;
  if (request.call.options.output == OutputForm::raw) {
    screen.out << value;
    return exitOk;
  }
  screen.out << (screen.outIsTerminal ? terminalText(value) : value) << "\n";
  screen.out.flush();
  if (remark) screen.err << readRemark(report);
  return exitOk;
}

int showRead(Request& request, NodeSession& session, GetAnswer answer) {
  remarkMisses(request, session);
  const Version version = answer.record ? answer.record->version : Version{};
  if (request.around.session != nullptr) {
    request.around.session->clock.observe(version, request.around.clock.wall());
  }
  std::optional<NodeId> by = stamperOf(version, session.greeting(), request.exchange.ring);
  const bool named = request.json() || (request.screen.outIsTerminal && !request.screen.quiet);
  if (!by && version.writer != 0 && named) {
    learnRing(request, session);
    by = stamperOf(version, session.greeting(), request.exchange.ring);
  }
  return showValue(request, {request.exchange, std::move(answer), by});
}

}  // namespace

int runPut(const Invocation& call, const Surroundings& around, Screen& screen) {
  Request request = begin(call, around, screen);
  if (call.command == CommandKind::remove || call.value) {
    return write(request, putOf(request, call.value.value_or(Bytes())));
  }
  const std::optional<Bytes> value = readValue(screen.in, valueFromInputMax);
  if (!value) {
    screen.err << "henge: standard input could not be read\n";
    return exitIo;
  }
  return write(request, putOf(request, *value));
}

int runRetry(const Invocation& call, const Surroundings& around, Screen& screen) {
  if (!around.session->lastWrite) {
    screen.err << "henge: there is no write to send again\n";
    return exitUsage;
  }
  PutRequest put = *around.session->lastWrite;
  put.context.trace = call.options.trace;
  Invocation again = call;
  again.command = put.kind == RecordKind::tombstone ? CommandKind::remove : CommandKind::put;
  again.key = put.key;
  again.level = put.context.level;
  Request request = begin(again, around, screen);
  return write(request, put);
}

int runGet(const Invocation& call, const Surroundings& around, Screen& screen) {
  Request request = begin(call, around, screen);
  GetRequest get;
  get.context.level = call.level;
  get.context.trace = call.options.trace;
  get.key = *call.key;
  while (std::unique_ptr<NodeSession> session = request.reach.next()) {
    request.exchange.via = session->greeting().node;
    request.exchange.viaAddress = request.reach.address();
    Status fits = checkKey(session->greeting().limits, get.key);
    if (!fits.ok()) return tooLarge(request, fits.error());
    const MonoTime sent = around.clock.now();
    Result<GetAnswer> answer = session->get(get, request.exchange.timeout);
    request.exchange.took = around.clock.now() - sent;
    if (answer) request.exchange.trace = answer->trace;
    if (interrupted(request)) return cancelled(request);
    if (!answer || (answer->error && answer->error->kind == RequestErrorKind::rebuilding)) {
      request.reach.missed(answer ? answer->error->message : answer.error().message);
      continue;
    }
    if (answer->error) {
      return withTrace(request, fail(request, *session, *answer->error, Outcome::surelyNotApplied));
    }
    return withTrace(request, showRead(request, *session, std::move(*answer)));
  }
  return nobody(request);
}

}  // namespace henge::client

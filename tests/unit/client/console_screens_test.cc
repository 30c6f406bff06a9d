// Every screen of the console, as a person reads it: tests/golden/console_*.txt.
//
// Lines of standard error begin with "! ", an empty line is shown as ~, an escape as \e.
#include <gtest/gtest.h>
#include <sstream>

#include "core/bytes.h"
#include "tests/golden/script_runner.h"
#include "tests/unit/client/console_run.h"

namespace henge::client::testing {

namespace {

std::string visible(const std::string& line) {
  std::string out;
  for (const char c : line) out += c == '\x1b' ? std::string("\\e") : std::string(1, c);
  return out;
}

std::string marked(const std::string& text, const std::string& mark) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    out += mark + (line.empty() ? "~" : visible(line)) + "\n";
  }
  return out;
}

std::string shown(const ConsoleRun& run) {
  return marked(run.out, "") + marked(run.err, "! ") + "exit " + std::to_string(run.exit) + "\n";
}

class Script {
 public:
  std::string answer(const golden::Command& command) {
    if (command.name() == "cluster") return makeCluster(command);
    if (command.name() == "node") return setNode(command);
    if (command.name() == "keys") return setKeys(command);
    if (command.name() == "missed") return setMissed(command);
    if (command.name() == "log") return setLog(command);
    if (command.name() == "hints") return setHints(command);
    if (command.name() == "sync") return setSync(command);
    if (command.name() == "next") return setNext(command);
    if (command.name() == "trace") return setTrace(command);
    if (command.name() == "calls") return calls();
    if (command.name() == "henge") return henge(command);
    return "unknown command " + command.name();
  }

 private:
  std::string makeCluster(const golden::Command& command) {
    cluster_ = std::make_unique<FakeCluster>();
    if (command.text("partitioner") == "hash") cluster_->cluster.partitioner = Partitioner::hash;
    told_ = 0;
    return "";
  }

  static std::string firstLine(const golden::Command& command) {
    return command.lines.empty() ? "" : command.lines.front();
  }

  // node id=2 answers=no liveness=down since=41, with the reason as its line
  std::string setNode(const golden::Command& command) {
    FakeNode& node = cluster_->nodes.at(static_cast<std::uint32_t>(command.number("id")));
    const std::string line = firstLine(command);
    node.answers = command.text("answers", "yes") == "yes";
    node.cause = command.text("answers") == "silent" ? "no answer within 900 ms" : node.cause;
    const std::string liveness = command.text("liveness", "up");
    node.liveness = liveness == "up"     ? Liveness::up
                    : liveness == "down" ? Liveness::down
                                         : Liveness::rebuilding;
    node.reason = line;
    node.since = {command.number("since", 41) * 1'000'000};
    node.state = command.text("state", "serving");
    const bool refusesPuts = command.text("puts") == "refused";
    node.stateReason = node.state == "serving" && !refusesPuts ? "" : line;
    node.logSync = command.text("log_sync", "always");
    node.acceptRefusal = command.text("refuses") == "yes" ? line : "";
    node.limits.valueBytesMax =
        static_cast<std::uint32_t>(command.number("value_max", node.limits.valueBytesMax));
    return "";
  }

  // keys held=(75102,…) owned=(25034,…): node by node, one owned range each
  std::string setKeys(const golden::Command& command) {
    const std::vector<NodeId> held = command.nodes("held");
    const std::vector<NodeId> owned = command.nodes("owned");
    const std::vector<std::string> tokens = {"00", "40", "80", "c0"};
    for (std::uint32_t i = 0; i < 4; ++i) {
      FakeNode& node = cluster_->nodes.at(i);
      node.keys = held[i].value;
      node.dataBytes = node.keys * 110;
      node.clockOffset = {(static_cast<std::int64_t>(i) - 1) * 120};
      node.counters = {{"range_keys." + tokens[i], owned[i].value}};
    }
    return "";
  }

  // missed id=0 hints=12 marks=2 repairs=3: what the status of node 0 counts
  std::string setMissed(const golden::Command& command) {
    FakeNode& node = cluster_->nodes.at(static_cast<std::uint32_t>(command.number("id")));
    node.counters["hints"] = command.number("hints");
    node.counters["hint_bytes"] = command.number("hints") * 130;
    node.counters["ranges_to_repair"] = command.number("marks");
    node.counters["read_repairs_written"] = command.number("repairs");
    return "";
  }

  // hints id=0 for=2 count=12 age=41 state=waiting dropped=3 marks=2 uncounted=yes: node 0 keeps so
  // many
  std::string setHints(const golden::Command& command) {
    const auto number = [&](const char* name) {
      return static_cast<std::uint64_t>(command.number(name));
    };
    HintsView& view = cluster_->nodes.at(static_cast<std::uint32_t>(command.number("id"))).hints;
    HintTargetView& target = view.targets.emplace_back();
    target.target = {static_cast<std::uint32_t>(command.number("for"))};
    target.count = number("count");
    target.bytes = target.count * 130;
    if (target.count > 0) target.oldest = {fakeWall.micros - command.number("age") * 1'000'000};
    target.state = command.text("state", "empty");
    if (target.state == "waiting") target.reason = toString(target.target) + " is not up";
    target.window = 4;
    target.kept = target.count + 5'000;
    target.delivered = 5'000;
    target.dropped = number("dropped");
    target.rangesToRepair = number("marks");
    for (std::uint64_t i = 0; i < target.rangesToRepair; ++i) {
      view.marks.push_back({target.target, i == 0 ? Bytes("\x40") : Bytes("\x80"),
                            i == 0 ? Bytes("\x80") : Bytes("\xc0"), fakeWall, true});
    }
    view.markCount = view.marks.size();
    if (command.text("uncounted") == "yes") view.notCounted = "the store is damaged";
    return "";
  }

  // sync id=0 asked=12 delivered=10 lost=1 left=1
  std::string setSync(const golden::Command& command) {
    const auto number = [&](const char* name) {
      return static_cast<std::uint64_t>(command.number(name));
    };
    cluster_->nodes.at(static_cast<std::uint32_t>(command.number("id"))).sync = {
        number("asked"), number("delivered"), number("lost"), number("left")};
    return "";
  }

  // log id=1 first=4 closed=2 syncs=12040 torn=21 damage=yes: segments of 64 MiB from `first` on,
  // the store holds the first of them
  std::string setLog(const golden::Command& command) {
    LogView log;
    const auto first = static_cast<std::uint64_t>(command.number("first", 1));
    const auto closed = static_cast<std::uint64_t>(command.number("closed"));
    constexpr std::uint64_t file = 64ULL << 20;
    std::uint64_t id = first;
    for (; id < first + closed; ++id) {
      log.segments.push_back({id, file, file - 65'536, LogSegment::State::closed});
    }
    log.segments.push_back({id, file, 1'572'992, LogSegment::State::active});
    log.segments.push_back({id + 1, file, 0, LogSegment::State::ready});
    log.segmentCount = log.segments.size() + static_cast<std::uint64_t>(command.number("untold"));
    log.spares = 2;
    log.end = {id, 1'572'992};
    log.synced = {id, 1'500'000};
    log.applied = closed > 0 ? LogPosition{first, file - 65'536} : LogPosition{};
    log.logSync = "always";
    log.bytes = closed * file + 1'572'992;
    log.bytesMax = 1ULL << 30;
    log.bytesSinceCheckpoint = log.bytes - (closed > 0 ? file : 0);
    log.syncs = static_cast<std::uint64_t>(command.number("syncs"));
    log.records = log.syncs * 31;
    log.syncHalf = 1'203_us;
    log.sync99 = 4'799_us;
    log.syncMax = 19'310_us;
    log.replayedSegments = 3;
    log.replayedRecords = 120'300;
    log.replayTook = 1'930_ms;
    log.tornBytes = static_cast<std::uint64_t>(command.number("torn"));
    log.cutAt = {3, 4096};
    if (command.text("damage") == "yes") {
      log.damage = {
          {"log/0/segment-0000000000000002.log", 512,
           "what stood here was synced: a later batch says so", KeyBounds{"user:10", "user:19"}, 3},
          {"log/0/segment-0000000000000003.log", 0, "the file is missing", {}, {}}};
    }
    cluster_->nodes.at(static_cast<std::uint32_t>(command.number("id"))).log = log;
    return "";
  }

  // trace id=1, with its lines, in which \e is an escape; none: it tells nothing
  std::string setTrace(const golden::Command& command) {
    std::string& trace = cluster_->nodes.at(static_cast<std::uint32_t>(command.number("id"))).trace;
    trace.clear();
    for (std::string line : command.lines) {
      for (std::size_t at; (at = line.find("\\e")) != line.npos;) line.replace(at, 2, "\x1b");
      trace += line + "\n";
    }
    return "";
  }

  std::string setNext(const golden::Command& command) {
    NextAnswer next;
    const std::string kind = command.text("kind");
    next.cause = firstLine(command);
    if (kind == "lost" || kind == "unsent") next.callError = kind;
    if (kind == "superseded") next.superseded = true;
    if (next.callError.empty() && !next.superseded) {
      RequestError error;
      error.kind = kind == "timeout"      ? RequestErrorKind::timeout
                   : kind == "overloaded" ? RequestErrorKind::overloaded
                   : kind == "rebuilding" ? RequestErrorKind::rebuilding
                                          : RequestErrorKind::invalidRequest;
      error.message = next.cause;
      error.needed = static_cast<int>(command.number("needed", 2));
      error.acknowledged = static_cast<int>(command.number("acks"));
      error.missing = command.nodes("missing");
      error.retryAfterMs = command.number("retry_after");
      next.error = error;
    }
    next.outcome = command.text("outcome") == "none" ? Outcome::surelyNotApplied : Outcome::unknown;
    cluster_->next.push_back(next);
    return "";
  }

  std::string calls() {
    std::string text;
    const std::vector<std::string> all = cluster_->calls();
    for (; told_ < all.size(); ++told_) text += all[told_] + "\n";
    return text;
  }

  std::string henge(const golden::Command& command) {
    RunOptions options;
    options.terminal = command.text("terminal") == "yes";
    options.input = command.text("stdin");
    options.environment.nodes = command.text("nodes");
    return shown(runWords(*cluster_, shellWords(firstLine(command)), options));
  }

  std::unique_ptr<FakeCluster> cluster_ = std::make_unique<FakeCluster>();
  std::size_t told_ = 0;
};

class ConsoleScreens : public ::testing::TestWithParam<const char*> {};

TEST_P(ConsoleScreens, ReadAsInTheirFile) {
  Script script;
  golden::runScript(GetParam(),
                    [&](const golden::Command& command) { return script.answer(command); });
}

INSTANTIATE_TEST_SUITE_P(Files, ConsoleScreens,
                         ::testing::Values("console_requests.txt", "console_failures.txt",
                                           "console_status.txt", "console_ring.txt",
                                           "console_accept.txt", "console_log.txt",
                                           "console_hints.txt", "console_json.txt",
                                           "console_words.txt", "console_help.txt",
                                           "console_trace.txt"),
                         [](const auto& file) {
                           const std::string name = file.param;
                           return name.substr(8, name.size() - 12);
                         });

}  // namespace

}  // namespace henge::client::testing

#include "client/shell/shell.h"

#include <fmt/format.h>
#include <random>

#include "client/answer_text.h"
#include "client/commands.h"
#include "client/exit_code.h"
#include "client/json_lines.h"
#include "client/reach.h"
#include "client/shell/completion.h"
#include "client/shell/line_editor.h"
#include "client/shell/line_words.h"
#include "client/shell/piped_lines.h"
#include "core/key_text.h"
#include "core/text_table.h"

namespace henge::client {

namespace {

// A key as it would be typed again.
std::string typedKey(const Bytes& key, KeyForm form) {
  if (form == KeyForm::hex) return toHex(key);
  if (form == KeyForm::u8 && key.size() == 1) {
    return std::to_string(static_cast<unsigned char>(key.front()));
  }
  return toKeyText(key);
}

std::string bannerOf(const RingView& ring, std::string_view version) {
  std::size_t up = 0;
  for (const MemberView& member : ring.members) up += member.liveness == Liveness::up ? 1 : 0;
  return fmt::format("henge {}, cluster {}: {} of {} nodes up, N={}\n", version,
                     printable(ring.cluster.name), up, ring.members.size(),
                     ring.cluster.replication);
}

constexpr std::string_view firstHelp =
    "help lists the commands, help put explains one, Tab completes, Ctrl-D leaves.\n";

std::uint64_t drawWriter() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

Shell::Shell(LineSource& lines, Session& session, const Surroundings& around, Screen& screen,
             bool isTyped)
    : lines_(lines), session_(session), around_(around), screen_(screen), isTyped_(isTyped) {
  around_.session = &session_;
}

int Shell::run() {
  greet();
  while (!leaves_) {
    screen_.out.flush();
    screen_.err.flush();
    LineRead read = lines_.next(session_.prompt());
    if (read.kind == LineRead::Kind::end) break;
    if (read.kind == LineRead::Kind::failed) {
      screen_.err << "henge: " << printable(read.text) << "\n";
      return exitIo;
    }
    ++number_;
    if (read.kind == LineRead::Kind::interrupted) {
      if (!isTyped_) return exitInterrupted;
      continue;
    }
    around_.interrupt.clear();
    const int code = runLine(read.text);
    if (endsAfter(code, read.text)) break;
  }
  return isTyped_ ? exitOk : exit_;
}

// Learns the members, so that others can be asked when the given nodes are down.
void Shell::greet() {
  const Options& options = session_.standing.options;
  Reach reach(around_.dialer, options.nodes, lookDefault);
  while (const std::unique_ptr<NodeSession> node = reach.next()) {
    const Result<RingView> ring = node->ring(lookDefault);
    if (!ring) {
      reach.missed(ring.error().message);
      continue;
    }
    session_.answeredBy(node->greeting().node, reach.address());
    session_.learn(ring->cluster);
    if (options.quiet) return;
    for (const Miss& miss : reach.misses()) {
      screen_.err << missText(miss, node->greeting().node, true);
    }
    if (isTyped_) screen_.out << bannerOf(*ring, around_.version) << firstHelp;
    return;
  }
  if (isTyped_) screen_.err << nobodyText(reach.misses());
}

int Shell::refuse(const std::string& message) {
  if (session_.standing.options.output == OutputForm::json) {
    screen_.out << errorJson("", "usage", message, exitUsage);
  } else {
    sayError(screen_, message);
  }
  return exitUsage;
}

int Shell::runLine(const std::string& line) {
  const Result<std::vector<std::string>> words = splitLine(line);
  if (!words) return refuse(words.error().message);
  if (words->empty()) return exitOk;
  const Result<Invocation> call = parseLine(*words, session_.standing);
  if (!call) return refuse(call.error().message);
  if (call->command == CommandKind::exit) {
    leaves_ = true;
    return exitOk;
  }
  if (call->key) session_.seeKey(typedKey(*call->key, call->options.keys));
  return runCall(*call);
}

int Shell::runCall(const Invocation& call) {
  const int code = runInvocation(call, around_, screen_);
  return code != exitOk && around_.interrupt.isRaised() ? exitInterrupted : code;
}

bool Shell::endsAfter(int code, const std::string& line) {
  if (isTyped_ || code == exitOk) return false;
  if (exit_ == exitOk || exit_ == exitNo) exit_ = code;
  if (code == exitNo) return false;
  const bool stops = session_.standing.options.onError == OnError::stop || code == exitInterrupted;
  screen_.err << fmt::format("henge: that was line {}: {}{}\n", number_,
                             shortened(printable(line), 60), stops ? "; stopped there" : "");
  return stops;
}

int runShell(const Options& options, const Surroundings& around, Screen& screen) {
  Session session(options, drawWriter());
  around.interrupt.takeCtrlC();
  if (screen.inIsTerminal && screen.outIsTerminal) {
    session.standing.whyNoInput = "- is standard input, where your lines come from";
    const Environment& env = around.environment;
    LineEditor editor(
        around.interrupt, historyPath(env.stateHome, env.home),
        [&session](std::string_view line) { return complete(line, session); }, screen.err);
    return Shell(editor, session, around, screen, true).run();
  }
  session.standing.whyNoInput = "- is standard input, where the lines come from";
  Result<LineInput> input = LineInput::open("-", around.interrupt);
  if (!input) return exitIo;
  PipedLines lines(std::move(*input), around.interrupt);
  return Shell(lines, session, around, screen, false).run();
}

}  // namespace henge::client

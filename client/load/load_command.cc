// load: many pairs of a file, many requests under way.
#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include "client/commands.h"
#include "client/exit_code.h"
#include "client/humane.h"
#include "client/json_lines.h"
#include "client/load/line_input.h"
#include "client/load/load_ledger.h"
#include "client/load/load_row.h"
#include "client/load/load_text.h"
#include "core/text_table.h"

namespace henge::client {

namespace {

constexpr std::uint64_t underWayMax = 256;
constexpr std::chrono::milliseconds deadlineDefault{10'000};  // of one pair, resends included
constexpr Duration progressEvery = 200_ms;
constexpr std::chrono::milliseconds cancelledAfter{1000};  // what is under way at Ctrl-C

class Load {
 public:
  Load(const Invocation& call, const Surroundings& around, Screen& screen)
      : call_(call), around_(around), screen_(screen), began_(around.clock.now()) {}

  int run() {
    Result<LineInput> input = LineInput::open(call_.file, around_.interrupt);
    if (!input) return refuse("not_found", input.error().message, exitUsage);
    Result<Client> client = Client::open(optionsOf());
    if (!client) return refuse("invalid_request", client.error().message, exitUsage);
    client_.emplace(std::move(*client));
    const std::string broken = readAll(*input);
    finish();
    if (!broken.empty()) return refuse("input", broken, exitIo);
    return report();
  }

 private:
  bool json() const { return call_.options.output == OutputForm::json; }

  ClientOptions optionsOf() const {
    ClientOptions options;
    for (const Address& node : call_.options.nodes) options.nodes.push_back(toString(node));
    options.deadline = call_.options.timeoutMs ? std::chrono::milliseconds(*call_.options.timeoutMs)
                                               : deadlineDefault;
    return options;
  }

  int refuse(std::string_view error, const std::string& message, int code) {
    if (json()) {
      screen_.out << errorJson("load", error, message, code);
    } else {
      screen_.err << "henge: " << printable(message) << "\n";
    }
    return code;
  }

  bool mayGoOn() const {
    const bool stops = call_.options.onError == OnError::stop;
    return !around_.interrupt.isRaised() && !(stops && ledger_.counts().failed > 0);
  }

  // Why the input could not be read further, or "".
  std::string readAll(LineInput& input) {
    for (std::uint64_t line = 1; mayGoOn(); ++line) {
      Result<std::optional<std::string>> text = input.next();
      if (!text) return fmt::format("{}, line {}: {}", call_.file, line, text.error().message);
      if (!*text) break;
      Result<LoadRow> row = parseLoadRow(**text);
      if (row) {
        send(line, std::move(*row));
      } else {
        ledger_.refuse(line, row.error().message, exitUsage);
      }
      showProgress(input);
    }
    return "";
  }

  void send(std::uint64_t line, LoadRow row) {
    while (!ledger_.awaitFewerThan(underWayMax, std::chrono::milliseconds(100))) {
      if (around_.interrupt.isRaised()) return;
    }
    ledger_.begin(line);
    RequestOptions options;
    options.level = call_.level;
    const Result<Client::Ticket> begun =
        client_->beginPut(std::move(row.key), std::move(row.value), options,
                          [this, line](const PutResult& result) { ledger_.end(line, result); });
    if (!begun) ledger_.refuse(line, begun.error().message, exitUnavailable);
  }

  // Nothing is under way afterwards.
  void finish() {
    while (!ledger_.awaitFewerThan(1, std::chrono::milliseconds(100))) {
      if (around_.interrupt.isRaised()) break;
    }
    if (around_.interrupt.isRaised()) (void)ledger_.awaitFewerThan(1, cancelledAfter);
    client_.reset();
    clearProgress();
  }

  // ---- what is seen

  void showProgress(const LineInput& input) {
    if (!screen_.errIsTerminal || screen_.quiet) return;
    const MonoTime now = around_.clock.now();
    if (now - shown_ < progressEvery) return;
    shown_ = now;
    const LoadCounts counts = ledger_.counts();
    std::string line =
        fmt::format("load: {} stored", grouped(static_cast<std::int64_t>(counts.stored)));
    if (input.bytesInAll() > 0) {
      line += fmt::format(", {}", percentText(static_cast<double>(input.bytesTaken()) /
                                              static_cast<double>(input.bytesInAll())));
    }
    if (counts.failed > 0) line += fmt::format(", {} failed", counts.failed);
    screen_.err << fmt::format("\r{:<70}", line) << std::flush;
    isProgressShown_ = true;
  }

  void clearProgress() {
    if (isProgressShown_) screen_.err << fmt::format("\r{:<70}\r", "") << std::flush;
  }

  int report() {
    const LoadCounts counts = ledger_.counts();
    const bool interrupted = around_.interrupt.isRaised();
    const int code = interrupted            ? exitInterrupted
                     : counts.first.empty() ? exitOk
                                            : counts.first.front().exit;
    const Duration took = around_.clock.now() - began_;
    if (json()) {
      screen_.out << loadJson(call_.file, counts, interrupted, took, code);
    } else {
      screen_.out << loadText(call_.file, counts, took);
      screen_.err << loadTrouble(call_.file, counts, interrupted);
    }
    return code;
  }

  const Invocation& call_;
  const Surroundings& around_;
  Screen& screen_;
  const MonoTime began_;
  MonoTime shown_{};
  bool isProgressShown_ = false;
  LoadLedger ledger_;  // outlives the client, whose thread reports to it
  std::optional<Client> client_;
};

}  // namespace

int runLoad(const Invocation& call, const Surroundings& around, Screen& screen) {
  around.interrupt.takeCtrlC();
  return Load(call, around, screen).run();
}

}  // namespace henge::client

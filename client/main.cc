// `henge`: the console and the load generator.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <span>
#include <unistd.h>

#include "client/bench/bench.h"
#include "client/console.h"
#include "client/wire_session.h"
#include "core/version_text.h"
#include "wire/thrift_output.h"

namespace {

using namespace henge;

class MachineClock final : public ports::Clock {
 public:
  MonoTime now() const override { return {micros(std::chrono::steady_clock::now())}; }
  WallTime wall() const override { return {micros(std::chrono::system_clock::now())}; }

 private:
  template <typename TimePoint>
  static std::int64_t micros(TimePoint time) {
    using std::chrono::microseconds;
    return std::chrono::duration_cast<microseconds>(time.time_since_epoch()).count();
  }
};

std::string fromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // `henge … | head` ends with an error of its own, not by a signal
  std::ios::sync_with_stdio(false);
  wire::routeThriftOutput({});
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front() == "bench") {
    return bench::runBench(std::span(words).subspan(1),
                           {std::cout, std::cerr, isatty(STDERR_FILENO) == 1,
                            fromEnvironment("HENGE_NODES"), softwareVersion});
  }
  client::Interrupt interrupt;
  client::WireDialer dialer(interrupt.descriptor());
  const MachineClock clock;
  client::Environment environment{fromEnvironment("HENGE_NODES"), fromEnvironment("TERM"),
                                  fromEnvironment("NO_COLOR"), fromEnvironment("XDG_STATE_HOME"),
                                  fromEnvironment("HOME")};
  client::Screen screen{std::cout,
                        std::cerr,
                        std::cin,
                        isatty(STDOUT_FILENO) == 1,
                        isatty(STDIN_FILENO) == 1,
                        isatty(STDERR_FILENO) == 1};
  return client::runConsole(words, {dialer, clock, environment, softwareVersion, interrupt},
                            screen);
}

// `henge-inspect`: what every node holds, key by key.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

#include "core/version_text.h"
#include "inspector/disk_node.h"
#include "inspector/inspect.h"
#include "inspector/wire_source.h"
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

bool pauseFor(Duration duration) {
  std::this_thread::sleep_for(std::chrono::microseconds(duration.micros));
  return true;
}

int terminalLines() {
  winsize size{};
  const bool told = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
  return told ? size.ws_row : 24;
}

std::unique_ptr<inspector::SourceDialer> dialer(Duration timeout) {
  return std::make_unique<inspector::WireSourceDialer>(timeout);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // `henge-inspect | head` ends with an error, not by a signal
  std::signal(SIGINT, [](int) { _exit(inspector::exitInterrupted); });
  std::ios::sync_with_stdio(false);
  wire::routeThriftOutput({});
  const std::vector<std::string> words(argv + 1, argv + argc);
  const MachineClock clock;
  inspector::DiskNodeOpener directories;
  const inspector::Surroundings around{dialer,
                                       directories,
                                       clock,
                                       fromEnvironment("HENGE_NODES"),
                                       fromEnvironment("TERM"),
                                       fromEnvironment("NO_COLOR"),
                                       softwareVersion,
                                       pauseFor};
  return inspector::runInspector(words, around,
                                 {std::cout, std::cerr, isatty(STDOUT_FILENO) == 1, terminalLines});
}

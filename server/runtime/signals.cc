#include "server/runtime/signals.h"

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cassert>
#include <cerrno>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace henge::runtime {

namespace {

// All that the handler may touch: it runs on any thread, amid anything.
std::atomic<int> firstSignal = 0;
std::atomic<int> wakeFd = -1;
static_assert(std::atomic<int>::is_always_lock_free);

void onSignal(int number) {
  const int saved = errno;
  int none = 0;
  if (!firstSignal.compare_exchange_strong(none, number)) ::_exit(128 + number);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wakeFd, &one, sizeof one);
  errno = saved;
}

struct Disposition {
  int number;
  void (*handler)(int);
};
const std::array<Disposition, 4> dispositions = {
    {{SIGTERM, onSignal}, {SIGINT, onSignal}, {SIGPIPE, SIG_IGN}, {SIGXFSZ, SIG_IGN}}};

}  // namespace

struct Signals::Watch {
  Watch(Loop& loop, std::function<void(int)> stop)
      : onStop(std::move(stop)), wake(loop.context(), ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  std::function<void(int)> onStop;
  boost::asio::posix::stream_descriptor wake;
  std::array<struct sigaction, 4> before{};  // of `dispositions`
};

Signals::Signals(Loop& loop, std::function<void(int signal)> onStop)
    : watch_(std::make_unique<Watch>(loop, std::move(onStop))) {
  assert(wakeFd == -1);  // one at a time
  firstSignal = 0;
  wakeFd = watch_->wake.native_handle();
  for (std::size_t i = 0; i < dispositions.size(); ++i) {
    struct sigaction action {};
    action.sa_handler = dispositions[i].handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(dispositions[i].number, &action, &watch_->before[i]);
  }
  watch_->wake.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                          [watch = watch_.get()](const boost::system::error_code& error) {
                            if (!error) watch->onStop(firstSignal);
                          });
}

Signals::~Signals() {
  for (std::size_t i = 0; i < dispositions.size(); ++i) {
    ::sigaction(dispositions[i].number, &watch_->before[i], nullptr);
  }
  wakeFd = -1;
}

}  // namespace henge::runtime

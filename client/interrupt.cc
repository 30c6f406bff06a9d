#include "client/interrupt.h"

#include <atomic>
#include <cassert>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace henge::client {

namespace {

std::atomic<Interrupt*> taker = nullptr;  // a signal handler has no other way to its object

void onCtrlC(int) {
  const int kept = errno;
  if (Interrupt* interrupt = taker.load()) interrupt->raise();
  errno = kept;
}

}  // namespace

Interrupt::Interrupt() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  assert(descriptor_ >= 0);
}

Interrupt::~Interrupt() { ::close(descriptor_); }

void Interrupt::raise() {
  const std::uint64_t one = 1;
  (void)!::write(descriptor_, &one, sizeof one);  // fails only when it is readable already
}

void Interrupt::clear() {
  std::uint64_t count = 0;
  (void)!::read(descriptor_, &count, sizeof count);  // fails only when there is nothing to clear
}

bool Interrupt::isRaised() const {
  pollfd asked{descriptor_, POLLIN, 0};
  return ::poll(&asked, 1, 0) > 0;
}

void Interrupt::takeCtrlC() {
  taker.store(this);
  struct sigaction action = {};
  action.sa_handler = onCtrlC;  // without SA_RESTART: reading a line ends too
  (void)::sigemptyset(&action.sa_mask);
  (void)::sigaction(SIGINT, &action, nullptr);
}

}  // namespace henge::client

// Ctrl-C, as something that can be waited for beside a socket.
#pragma once

namespace henge::client {

// Thread: any. raise() may be called by a signal handler.
class Interrupt {
 public:
  Interrupt();  // asserts that the system gives a descriptor
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  // Readable from raise() to clear().
  int descriptor() const { return descriptor_; }

  void raise();
  void clear();
  bool isRaised() const;

  // From now on Ctrl-C raises this one and no longer ends the process; a call that waits for a
  // terminal's input fails with EINTR. For one of a process, which must outlive it.
  void takeCtrlC();

 private:
  int descriptor_;
};

}  // namespace henge::client

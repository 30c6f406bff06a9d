// A plain TCP socket with deadlines, for clients that may wait.
#pragma once

#include <cstddef>
#include <span>

#include "core/bytes.h"
#include "core/cluster.h"
#include "core/result.h"
#include "core/time.h"

namespace henge::wire {

MonoTime monotonicNow();

// Thread: one at a time. Never raises a signal.
class BlockingSocket {
 public:
  // unavailable: in a few words why. Names are looked up first, which knows no deadline.
  // interrupt: a descriptor, not owned, that ends every waiting of this socket as soon as it is
  // readable, as a passed deadline does, with the cause "interrupted"; -1: none.
  static Result<BlockingSocket> connect(const Address& address, MonoTime deadline,
                                        int interrupt = -1);

  BlockingSocket(BlockingSocket&& other) noexcept;
  BlockingSocket& operator=(BlockingSocket&& other) noexcept;
  ~BlockingSocket();

  // unavailable: not one byte has left. timeout: some may have.
  Status send(BytesView bytes, MonoTime deadline);
  // At least one byte. timeout: lost, ended, or silent until the deadline.
  Result<std::size_t> receive(std::span<char> space, MonoTime deadline);

  // The other side has ended the connection, or sent what nobody asked for.
  bool isStale() const;

 private:
  BlockingSocket(int descriptor, int interrupt) : descriptor_(descriptor), interrupt_(interrupt) {}
  bool waitFor(short events, MonoTime deadline) const;
  bool isInterrupted() const;
  const char* silence() const;

  int descriptor_ = -1;
  int interrupt_ = -1;
};

}  // namespace henge::wire

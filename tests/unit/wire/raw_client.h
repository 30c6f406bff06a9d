// A client that sends bytes as it likes, on the thread of the test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.h"

namespace henge::wire {

class RawClient {
 public:
  // To 127.0.0.1. receiveBytes: how much the kernel keeps for it; 0: what it likes.
  explicit RawClient(std::uint16_t port, int receiveBytes = 0);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // Its answers come without lengths: frames() then gives the messages.
  void expectUnframed() { unframed_ = true; }

  // As much as the kernel takes now; how much that was.
  std::size_t send(BytesView bytes);
  void endSending();  // half-close
  void close();
  void reset();  // as a process that dies with unread bytes

  // Takes in what is there. True once the other side has closed or reset.
  bool poll();
  bool isEnded();
  // The whole frames so far, without their lengths.
  const std::vector<Bytes>& frames();
  bool gotNothing() const { return frames_.empty() && rest_.empty(); }

 private:
  int descriptor_;
  bool ended_ = false;
  bool unframed_ = false;
  void cut();
  void cutUnframed();

  std::vector<Bytes> frames_;
  Bytes rest_;  // what came after the last whole frame
};

Bytes framed(BytesView body);  // with its length in front

}  // namespace henge::wire

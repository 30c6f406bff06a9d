// Answers of a door on their way out. Private to wire: Thrift's headers are in it.
#pragma once

#include <string>
#include <string_view>
#include <thrift/TApplicationException.h>

#include "core/time.h"
#include "wire/codec.h"
#include "wire/processor.h"

namespace henge::wire {

// What must be remembered of a request until its answer is encoded.
struct Call {
  Ticket ticket;
  MonoTime firstByte;
  Encoding encoding = Encoding::binary;
  std::int32_t seqid = 0;
  std::string_view name;  // of the door's own table; of an unknown method: of the message
};

// Same seqid, same name, same encoding as the request. Thread: the loop's.
class Answerer {
 public:
  using ApplicationError = apache::thrift::TApplicationException::TApplicationExceptionType;

  explicit Answerer(std::uint32_t frameBytesMax) : frameBytesMax_(frameBytesMax) {}

  void attach(Replies* replies) { replies_ = replies; }
  Replies* replies() const { return replies_; }

  // `result` is a generated X_result. An answer above the limit becomes a refusal that says so.
  template <typename Result>
  void answer(const Call& call, const Result& result) {
    send(call, encoder_.write(headOf(call, MessageKind::reply), result));
  }

  // Before all that waits to be sent: short answers of which somebody's life depends.
  template <typename Result>
  void answerFirst(const Call& call, const Result& result) {
    if (replies_ == nullptr) return;
    replies_->replyFirst(call.ticket, encoder_.write(headOf(call, MessageKind::reply), result));
  }

  // As Thrift tells of errors that no method declares.
  void refuse(const Call& call, ApplicationError error, const std::string& message);

  bool hasRoom(const Call& call, std::size_t bytes) const;

 private:
  static FrameHead headOf(const Call& call, MessageKind kind);
  void send(const Call& call, Bytes frame);

  std::uint32_t frameBytesMax_;
  Replies* replies_ = nullptr;
  Encoder encoder_;
};

}  // namespace henge::wire

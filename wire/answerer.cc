#include "wire/answerer.h"

namespace henge::wire {

FrameHead Answerer::headOf(const Call& call, MessageKind kind) {
  return {call.encoding, kind, std::string(call.name), call.seqid};
}

void Answerer::send(const Call& call, Bytes frame) {
  if (frame.size() > 4 + std::size_t{frameBytesMax_}) {
    refuse(call, ApplicationError::INTERNAL_ERROR,
           "the answer has " + std::to_string(frame.size() - 4) + " bytes; frameBytesMax is " +
               std::to_string(frameBytesMax_) + "; ask for less");
    return;
  }
  if (replies_ != nullptr) replies_->reply(call.ticket, std::move(frame));
}

void Answerer::refuse(const Call& call, ApplicationError error, const std::string& message) {
  if (replies_ == nullptr) return;
  const apache::thrift::TApplicationException exception(error, message);
  replies_->reply(call.ticket, encoder_.write(headOf(call, MessageKind::exception), exception));
}

bool Answerer::hasRoom(const Call& call, std::size_t bytes) const {
  return replies_ == nullptr || replies_->hasRoom(call.ticket.connection, bytes);
}

}  // namespace henge::wire

#include "wire/call_codec.h"

namespace henge::wire {

namespace {

constexpr GuardLimits answerLimits{32, 100'000, 128};

Error refusedBy(const apache::thrift::TApplicationException& exception, const std::string& method) {
  if (exception.getType() == apache::thrift::TApplicationException::UNKNOWN_METHOD) {
    return {ErrorKind::unsupported, "the node does not know '" + method + "'"};
  }
  return {ErrorKind::corrupt, "the node could not answer: " + std::string(exception.what())};
}

}  // namespace

Error notAnAnswer(const std::string& what) {
  return {ErrorKind::corrupt, "what came back is no answer: " + what};
}

Result<std::int32_t> CallCodec::seqidOf(BytesView frame) {
  Result<MessageHead> head = inspect(frame, answerLimits);
  if (!head.ok()) return notAnAnswer(head.error().message);
  return head->seqid;
}

Result<MessageHead> CallCodec::headOf(BytesView frame, const std::string& method) {
  Result<MessageHead> head = inspect(frame, answerLimits);
  if (!head.ok()) return notAnAnswer(head.error().message);
  if (head->name != method) return notAnAnswer("it answers another request");
  if (head->kind == MessageKind::exception) {
    apache::thrift::TApplicationException exception;
    const Status read = decoder_.read(*head, exception);
    return read.ok() ? refusedBy(exception, method) : notAnAnswer(read.error().message);
  }
  if (head->kind != MessageKind::reply) return notAnAnswer("it is no reply");
  return head;
}

}  // namespace henge::wire

// Calls and their answers as clients of a node see them, for any method of its services. Private to
// wire: Thrift's headers are in it.
#pragma once

#include <string>
#include <utility>

#include "core/result.h"
#include "wire/codec.h"

namespace henge::wire {

// corrupt: what came back cannot be the answer that was asked for.
Error notAnAnswer(const std::string& what);

// `Args` and `Answer` are the generated X_args and X_result of a method.
class CallCodec {
 public:
  template <typename Args, typename Request>
  Bytes call(const std::string& method, std::int32_t seqid, Request request) {
    Args args;
    args.request = std::move(request);
    args.__isset.request = true;
    return encoder_.write({Encoding::binary, MessageKind::call, method, seqid}, args);
  }

  // Which call an answer (without its length) belongs to. corrupt: it is none.
  static Result<std::int32_t> seqidOf(BytesView frame);

  // corrupt: it is no answer to that method. unsupported: the node does not know the method.
  template <typename Answer>
  Status read(BytesView frame, const std::string& method, Answer& answer) {
    const Result<MessageHead> head = headOf(frame, method);
    if (!head.ok()) return head.error();
    const Status read = decoder_.read(*head, answer);
    return read.ok() ? Status() : notAnAnswer(read.error().message);
  }

 private:
  // Of a reply to that method; else what came instead, as an error.
  Result<MessageHead> headOf(BytesView frame, const std::string& method);

  Encoder encoder_;
  Decoder decoder_;
};

}  // namespace henge::wire

// Messages as clients and peers send them, and what comes back.
#pragma once

#include <memory>
#include <string>
#include <thrift_gen/Admin.h>
#include <thrift_gen/Replica.h>
#include <thrift_gen/Store.h>
#include <utility>

#include "wire/codec.h"
#include "wire/message_guard.h"

namespace henge::wire {

inline constexpr GuardLimits looseLimits{32, 100'000, 128};

// A call with its length in front; without: .substr(4).
template <typename Args, typename Request>
Bytes callOf(Encoding encoding, const std::string& method, std::int32_t seqid, Request request) {
  Args args;
  args.request = std::move(request);
  args.__isset.request = true;
  Encoder encoder;
  return encoder.write({encoding, MessageKind::call, method, seqid}, args);
}

inline thrift::PutRequest putOf(const Bytes& key, const Bytes& value) {
  thrift::PutRequest put;
  put.__set_key(key);
  put.__set_value(value);
  return put;
}

inline thrift::GetRequest getOf(const Bytes& key) {
  thrift::GetRequest get;
  get.__set_key(key);
  return get;
}

inline Bytes putCall(const Bytes& key, const Bytes& value, std::int32_t seqid = 1,
                     Encoding encoding = Encoding::binary) {
  return callOf<thrift::Store_put_args>(encoding, "put", seqid, putOf(key, value));
}

inline Bytes getCall(const Bytes& key, std::int32_t seqid = 1,
                     Encoding encoding = Encoding::binary) {
  return callOf<thrift::Store_get_args>(encoding, "get", seqid, getOf(key));
}

inline Bytes helloCall(bool matchesSeqids, std::int32_t seqid = 1) {
  thrift::HelloRequest hello;
  hello.__set_matchesSeqids(matchesSeqids);
  return callOf<thrift::Store_hello_args>(Encoding::binary, "hello", seqid, hello);
}

// What a frame (without its length) is; the body is a view into it.
inline MessageHead headOf(BytesView frame) {
  const Result<MessageHead> head = inspect(frame, looseLimits);
  return head.ok() ? *head : MessageHead{};
}

// The generated X_result in a reply; nullptr if it is none.
template <typename Answer>
std::unique_ptr<Answer> answerIn(BytesView frame) {
  const MessageHead head = headOf(frame);
  auto answer = std::make_unique<Answer>();
  Decoder decoder;
  if (head.kind != MessageKind::reply || !decoder.read(head, *answer).ok()) return nullptr;
  return answer;
}

// The TApplicationException in a frame; its type is -1 if it is none.
inline std::pair<int, std::string> applicationErrorIn(BytesView frame) {
  const MessageHead head = headOf(frame);
  apache::thrift::TApplicationException exception;
  Decoder decoder;
  if (head.kind != MessageKind::exception || !decoder.read(head, exception).ok()) return {-1, ""};
  return {exception.getType(), exception.what()};
}

}  // namespace henge::wire

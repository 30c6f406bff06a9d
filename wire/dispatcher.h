// From a method's name to the door's function for it. Private to wire: Thrift's headers are in it.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "wire/answerer.h"

namespace henge::wire {

// One row of a door's table. `Args` is the generated X_args, whose only argument is `request`;
// `handle` is a member of the door that takes the call and the request and answers by itself.
template <typename Door>
struct Method {
  std::string_view name;
  void (*run)(Door& door, Decoder& decoder, Answerer& answers, const Call& call,
              const MessageHead& head);
};

template <typename Args, auto handle, typename Door>
void run(Door& door, Decoder& decoder, Answerer& answers, const Call& call,
         const MessageHead& head) {
  const auto args = std::make_unique<Args>();  // Thrift 0.17 declares its copy, and defines none
  const Status read = decoder.read(head, *args);
  if (read.ok() && args->__isset.request) {
    (door.*handle)(call, args->request);
    return;
  }
  answers.refuse(call, Answerer::ApplicationError::PROTOCOL_ERROR,
                 read.ok() ? std::string(call.name) + " needs its argument 1, a struct"
                           : read.error().message);
}

// The message is looked over, then given to the door. An error: it is no request at all.
template <typename Door>
Status dispatch(std::span<const Method<Door>> methods, Door& door, Decoder& decoder,
                Answerer& answers, Ticket ticket, BytesView message, MonoTime firstByte) {
  const Result<MessageHead> head = inspect(message, requestLimits);
  if (!head.ok()) return head.error();
  if (head->kind != MessageKind::call) {
    return Error{ErrorKind::corrupt, "a message that is not a call"};
  }
  Call call{ticket, firstByte, head->encoding, head->seqid, head->name};
  for (const Method<Door>& method : methods) {
    if (method.name != head->name) continue;
    call.name = method.name;
    method.run(door, decoder, answers, call, *head);
    return {};
  }
  answers.refuse(call, Answerer::ApplicationError::UNKNOWN_METHOD,
                 "there is no method '" + std::string(head->name) + "' on this port");
  return {};
}

}  // namespace henge::wire

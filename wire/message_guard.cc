#include "wire/message_guard.h"

#include <string>

#include "wire/message_walk.h"

namespace henge::wire {

Error corruptMessage(const char* what) {
  return {ErrorKind::corrupt, std::string("a message that cannot be decoded: ") + what};
}

Result<MessageHead> inspect(BytesView message, const GuardLimits& limits) {
  MessageWalk walk(limits, message.size());
  const Result<bool> whole = walk.goOn(message);
  if (!whole.ok()) return whole.error();
  if (!*whole) {
    if (message.size() < 2) return encodingOf(message).error();
    return corruptMessage("it ends in the middle of a value");
  }
  if (walk.size() < message.size()) return corruptMessage("bytes follow after its end");
  return walk.headOf(message);
}

}  // namespace henge::wire

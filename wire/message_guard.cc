#include "wire/message_guard.h"

#include "wire/value_walk.h"

namespace henge::wire {

namespace {

bool readKind(Cursor& cursor, std::uint32_t number, MessageKind& kind) {
  if (number < 1 || number > 4) return cursor.fail("it is neither call nor reply");
  kind = static_cast<MessageKind>(number);
  return true;
}

bool readName(Cursor& cursor, const GuardLimits& limits, std::uint32_t bytes, BytesView& name) {
  if (bytes > limits.nameBytesMax) return cursor.fail("its method's name is too long");
  return cursor.view(bytes, name);
}

bool readBinaryHead(Cursor& cursor, const GuardLimits& limits, MessageHead& head) {
  std::uint32_t first = 0;
  std::uint32_t nameBytes = 0;
  std::uint32_t seqid = 0;
  const bool read = cursor.bigEndian32(first) && readKind(cursor, first & 0xff, head.kind) &&
                    cursor.bigEndian32(nameBytes) &&
                    readName(cursor, limits, nameBytes, head.name) && cursor.bigEndian32(seqid);
  head.seqid = static_cast<std::int32_t>(seqid);
  return read;
}

bool readCompactHead(Cursor& cursor, const GuardLimits& limits, MessageHead& head) {
  std::uint8_t protocol = 0;
  std::uint8_t versionAndKind = 0;
  std::uint64_t seqid = 0;
  std::uint32_t nameBytes = 0;
  const bool read = cursor.byte(protocol) && cursor.byte(versionAndKind) &&
                    readKind(cursor, versionAndKind >> 5, head.kind) && cursor.varint(seqid) &&
                    cursor.varintSize(nameBytes) && readName(cursor, limits, nameBytes, head.name);
  head.seqid = static_cast<std::int32_t>(static_cast<std::uint32_t>(seqid));
  return read;
}

}  // namespace

Result<MessageHead> inspect(BytesView message, const GuardLimits& limits) {
  const Result<Encoding> encoding = encodingOf(message);
  if (!encoding.ok()) return encoding.error();
  MessageHead head;
  head.encoding = *encoding;
  Cursor cursor(message, limits);
  const bool isBinary = head.encoding == Encoding::binary;
  if (isBinary ? readBinaryHead(cursor, limits, head) : readCompactHead(cursor, limits, head)) {
    head.body = cursor.rest();
    const bool walked = isBinary ? walkBinaryStruct(cursor) : walkCompactStruct(cursor);
    if (walked && !cursor.rest().empty()) (void)cursor.fail("bytes follow after its end");
  }
  if (cursor.wrong() == nullptr) return head;
  return Error{ErrorKind::corrupt,
               std::string("a message that cannot be decoded: ") + cursor.wrong()};
}

}  // namespace henge::wire

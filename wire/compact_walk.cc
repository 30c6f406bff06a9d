// The compact protocol, as Thrift writes it: varints, field numbers as differences, a boolean
// field's value in its type.
#include "wire/value_walk.h"

namespace henge::wire {

namespace {

enum Type : std::uint8_t {
  stop = 0,
  yes = 1,
  no = 2,
  byte = 3,
  i16 = 4,
  i32 = 5,
  i64 = 6,
  real = 7,
  binary = 8,
  list = 9,
  set = 10,
  map = 11,
  structure = 12
};

bool isKnown(std::uint8_t type) { return type >= yes && type <= structure; }

std::uint64_t leastBytes(std::uint8_t type) { return type == real ? 8 : 1; }

bool walkElement(Cursor& cursor, std::uint8_t type);

bool walkString(Cursor& cursor) {
  std::uint32_t bytes = 0;
  return cursor.varintSize(bytes) && cursor.skip(bytes);
}

// One byte of count and type; a count of 15 or more follows as a varint.
bool walkList(Cursor& cursor) {
  std::uint8_t head = 0;
  if (!cursor.byte(head)) return false;
  const std::uint8_t type = head & 0x0f;
  std::uint32_t count = head >> 4;
  if (count == 15 && !cursor.varintSize(count)) return false;
  if (!isKnown(type)) return cursor.fail("a container's elements have an unknown type");
  if (!cursor.spendElements(count, leastBytes(type))) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!walkElement(cursor, type)) return false;
  }
  return true;
}

bool walkMap(Cursor& cursor) {
  std::uint32_t count = 0;
  if (!cursor.varintSize(count)) return false;
  if (count == 0) return true;
  std::uint8_t types = 0;
  if (!cursor.byte(types)) return false;
  const std::uint8_t keyType = types >> 4;
  const std::uint8_t valueType = types & 0x0f;
  if (!isKnown(keyType) || !isKnown(valueType)) {
    return cursor.fail("a container's elements have an unknown type");
  }
  if (!cursor.spendElements(count, leastBytes(keyType) + leastBytes(valueType))) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!walkElement(cursor, keyType) || !walkElement(cursor, valueType)) return false;
  }
  return true;
}

bool walkNested(Cursor& cursor, std::uint8_t type) {
  if (!cursor.enter()) return false;
  const bool walked = type == structure ? walkCompactStruct(cursor)
                      : type == map     ? walkMap(cursor)
                                        : walkList(cursor);
  cursor.leave();
  return walked;
}

bool walkElement(Cursor& cursor, std::uint8_t type) {
  std::uint64_t number = 0;
  switch (type) {
    case yes:
    case no:
    case byte:
      return cursor.skip(1);
    case i16:
    case i32:
    case i64:
      return cursor.varint(number);
    case real:
      return cursor.skip(8);
    case binary:
      return walkString(cursor);
    case list:
    case set:
    case map:
    case structure:
      return walkNested(cursor, type);
    default:
      return cursor.fail("a field has an unknown type");
  }
}

}  // namespace

bool walkCompactStruct(Cursor& cursor) {
  while (true) {
    std::uint8_t head = 0;
    if (!cursor.byte(head)) return false;
    const std::uint8_t type = head & 0x0f;
    if (type == stop) return true;
    std::uint64_t number = 0;
    const bool isLong = (head >> 4) == 0;  // the field's number follows whole
    if (isLong && !cursor.varint(number)) return false;
    if (type == yes || type == no) continue;  // the type is the value
    if (!walkElement(cursor, type)) return false;
  }
}

}  // namespace henge::wire

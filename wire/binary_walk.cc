// The binary protocol, as Thrift writes it: a type byte, big-endian numbers, 4-byte lengths.
#include "wire/value_walk.h"

namespace henge::wire {

namespace {

enum Type : std::uint8_t {
  stop = 0,
  boolean = 2,
  byte = 3,
  real = 4,
  i16 = 6,
  i32 = 8,
  i64 = 10,
  string = 11,
  structure = 12,
  map = 13,
  set = 14,
  list = 15
};

// The least bytes a value of this type takes; 0: no such type.
std::uint64_t leastBytes(std::uint8_t type) {
  switch (type) {
    case boolean:
      return 1;
    case byte:
      return 1;
    case real:
      return 8;
    case i16:
      return 2;
    case i32:
      return 4;
    case i64:
      return 8;
    case string:
      return 4;
    case structure:
      return 1;
    case map:
      return 6;
    case set:
      return 5;
    case list:
      return 5;
    default:
      return 0;
  }
}

bool walkValue(Cursor& cursor, std::uint8_t type);

bool walkElements(Cursor& cursor, std::uint32_t count, std::uint8_t type) {
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!walkValue(cursor, type)) return false;
  }
  return true;
}

bool walkString(Cursor& cursor) {
  std::uint32_t bytes = 0;
  return cursor.bigEndian32(bytes) && cursor.skip(bytes);
}

bool walkList(Cursor& cursor) {
  std::uint8_t type = 0;
  std::uint32_t count = 0;
  if (!cursor.byte(type) || !cursor.bigEndian32(count)) return false;
  if (leastBytes(type) == 0) {
    return count == 0 || cursor.fail("a container's elements have an unknown type");
  }
  return cursor.spendElements(count, leastBytes(type)) && walkElements(cursor, count, type);
}

bool walkMap(Cursor& cursor) {
  std::uint8_t keyType = 0;
  std::uint8_t valueType = 0;
  std::uint32_t count = 0;
  if (!cursor.byte(keyType) || !cursor.byte(valueType) || !cursor.bigEndian32(count)) return false;
  if (count == 0) return true;
  if (leastBytes(keyType) == 0 || leastBytes(valueType) == 0) {
    return cursor.fail("a container's elements have an unknown type");
  }
  if (!cursor.spendElements(count, leastBytes(keyType) + leastBytes(valueType))) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!walkValue(cursor, keyType) || !walkValue(cursor, valueType)) return false;
  }
  return true;
}

bool walkNested(Cursor& cursor, std::uint8_t type) {
  if (!cursor.enter()) return false;
  const bool walked = type == structure ? walkBinaryStruct(cursor)
                      : type == map     ? walkMap(cursor)
                                        : walkList(cursor);
  cursor.leave();
  return walked;
}

bool walkValue(Cursor& cursor, std::uint8_t type) {
  switch (type) {
    case string:
      return walkString(cursor);
    case structure:
    case map:
    case set:
    case list:
      return walkNested(cursor, type);
    default:
      break;
  }
  const std::uint64_t bytes = leastBytes(type);
  return bytes == 0 ? cursor.fail("a field has an unknown type") : cursor.skip(bytes);
}

}  // namespace

bool walkBinaryStruct(Cursor& cursor) {
  while (true) {
    std::uint8_t type = 0;
    if (!cursor.byte(type)) return false;
    if (type == stop) return true;
    if (!cursor.skip(2)) return false;  // the field's number
    if (!walkValue(cursor, type)) return false;
  }
}

}  // namespace henge::wire

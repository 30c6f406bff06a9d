// The binary protocol, as Thrift writes it: a type byte, big-endian numbers, 4-byte lengths.
#include "wire/items.h"

namespace henge::wire {

namespace {

Item itemOf(std::uint8_t type) {
  switch (type) {
    case 2:  // boolean
    case 3:  // byte
      return Item::bytes1;
    case 6:  // i16
      return Item::bytes2;
    case 8:  // i32
      return Item::bytes4;
    case 4:   // double
    case 10:  // i64
      return Item::bytes8;
    case 11:
      return Item::string;
    case 12:
      return Item::structure;
    case 13:
      return Item::map;
    case 14:  // set
    case 15:
      return Item::list;
    default:
      return Item::unknown;
  }
}

std::uint64_t leastBytes(Item item) {
  switch (item) {
    case Item::bytes2:
      return 2;
    case Item::bytes4:
    case Item::string:
      return 4;
    case Item::bytes8:
      return 8;
    case Item::list:
      return 5;
    case Item::map:
      return 6;
    default:
      return 1;
  }
}

bool readField(ItemCursor& cursor, Item& item, bool& isStop) {
  std::uint8_t type = 0;
  if (!cursor.byte(type)) return false;
  isStop = type == 0;
  if (isStop) return true;
  item = itemOf(type);
  if (item == Item::unknown) return cursor.fail("a field has an unknown type");
  return cursor.skip(2);  // the field's number
}

bool readLength(ItemCursor& cursor, std::uint32_t& bytes) { return cursor.bigEndian32(bytes); }

bool readList(ItemCursor& cursor, Container& out) {
  std::uint8_t type = 0;
  if (!cursor.byte(type) || !cursor.bigEndian32(out.count)) return false;
  out.key = out.value = itemOf(type);
  return true;
}

bool readMap(ItemCursor& cursor, Container& out) {
  std::uint8_t key = 0;
  std::uint8_t value = 0;
  if (!cursor.byte(key) || !cursor.byte(value) || !cursor.bigEndian32(out.count)) return false;
  out.key = itemOf(key);
  out.value = itemOf(value);
  return true;
}

}  // namespace

const ItemHeads binaryHeads{&readField, &readLength, &readList, &readMap, &leastBytes};

}  // namespace henge::wire

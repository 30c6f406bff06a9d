// The compact protocol, as Thrift writes it: varints, field numbers as differences, a boolean
// field's value in its type.
#include "wire/items.h"

namespace henge::wire {

namespace {

constexpr std::uint8_t stop = 0;
constexpr std::uint8_t yes = 1;
constexpr std::uint8_t no = 2;

// Of an element; a field that is yes or no has no bytes of its own.
Item itemOf(std::uint8_t type) {
  switch (type) {
    case yes:
    case no:
    case 3:  // byte
      return Item::bytes1;
    case 4:  // i16
    case 5:  // i32
    case 6:  // i64
      return Item::varint;
    case 7:  // double
      return Item::bytes8;
    case 8:
      return Item::string;
    case 9:
    case 10:  // set
      return Item::list;
    case 11:
      return Item::map;
    case 12:
      return Item::structure;
    default:
      return Item::unknown;
  }
}

std::uint64_t leastBytes(Item item) { return item == Item::bytes8 ? 8 : 1; }

bool readField(ItemCursor& cursor, Item& item, bool& isStop) {
  std::uint8_t head = 0;
  if (!cursor.byte(head)) return false;
  const std::uint8_t type = head & 0x0f;
  isStop = type == stop;
  if (isStop) return true;
  item = type == yes || type == no ? Item::nothing : itemOf(type);
  if (item == Item::unknown) return cursor.fail("a field has an unknown type");
  std::uint64_t number = 0;
  const bool isLong = (head >> 4) == 0;  // the field's number follows whole
  return !isLong || cursor.varint(number);
}

bool readLength(ItemCursor& cursor, std::uint32_t& bytes) { return cursor.varintSize(bytes); }

// One byte of count and type; a count of 15 or more follows as a varint.
bool readList(ItemCursor& cursor, Container& out) {
  std::uint8_t head = 0;
  if (!cursor.byte(head)) return false;
  out.key = out.value = itemOf(head & 0x0f);
  if (out.key == Item::unknown) return cursor.fail("a container's elements have an unknown type");
  out.count = head >> 4;
  return out.count < 15 || cursor.varintSize(out.count);
}

// The types follow the count, unless that is 0.
bool readMap(ItemCursor& cursor, Container& out) {
  if (!cursor.varintSize(out.count)) return false;
  if (out.count == 0) return true;
  std::uint8_t types = 0;
  if (!cursor.byte(types)) return false;
  out.key = itemOf(types >> 4);
  out.value = itemOf(types & 0x0f);
  return true;
}

}  // namespace

const ItemHeads compactHeads{&readField, &readLength, &readList, &readMap, &leastBytes};

}  // namespace henge::wire

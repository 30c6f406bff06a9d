// What Thrift's two protocols write in front of values. Private to the message walk.
#pragma once

#include <cstdint>

#include "wire/encoding.h"
#include "wire/item_cursor.h"

namespace henge::wire {

// What a value is to somebody who only steps over it.
enum class Item : std::uint8_t {
  unknown,
  nothing,  // no bytes: its field says it all
  bytes1,
  bytes2,
  bytes4,
  bytes8,
  varint,
  string,  // a length, and so many bytes
  structure,
  list,  // sets too
  map
};

// What a container holds: keys and values in turn in a map, else both are the same.
struct Container {
  Item key = Item::unknown;
  Item value = Item::unknown;
  std::uint32_t count = 0;
};

// How one protocol writes them. Each reads one head whole, or fails: see ItemCursor.
struct ItemHeads {
  bool (*field)(ItemCursor& cursor, Item& item, bool& isStop);
  bool (*length)(ItemCursor& cursor, std::uint32_t& bytes);
  bool (*list)(ItemCursor& cursor, Container& out);
  bool (*map)(ItemCursor& cursor, Container& out);
  std::uint64_t (*leastBytes)(Item item);  // that such a value takes; never 0
};

extern const ItemHeads binaryHeads;   // a type byte, big-endian numbers, 4-byte lengths
extern const ItemHeads compactHeads;  // varints, field numbers as differences

inline const ItemHeads& headsOf(Encoding encoding) {
  return encoding == Encoding::binary ? binaryHeads : compactHeads;
}

}  // namespace henge::wire

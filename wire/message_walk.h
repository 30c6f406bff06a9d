// Finds the end of a Thrift message that arrives in pieces, and whether Thrift may read it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"
#include "core/result.h"
#include "wire/items.h"
#include "wire/message_guard.h"

namespace henge::wire {

// Walks over one message, goes on where it stopped, and reserves nothing: what it must remember is
// a place, how much of a value is still to be skipped, and one level for each struct or container
// it is in. It looks at each byte once – but again at the message's head (at most 150 bytes) or at
// one number (at most 11) that was not whole when the last piece ended; inside of strings at none.
//
// What it passes holds only lengths and counts that its own bytes bear out, within the limits.
class MessageWalk {
 public:
  // bytesMax: of the whole message. Lengths and counts that cannot fit are refused when they are
  // read, before their bytes are there. The limits outlive the walk; their depthMax is at most
  // depthHighest.
  MessageWalk(const GuardLimits& limits, std::size_t bytesMax);

  static constexpr int depthHighest = 32;

  // `soFar`: the message from its first byte on, and perhaps more than the message; what has been
  // given once stays the same. True: it is whole, see size(). False: more bytes are needed.
  // corrupt, invalidRequest: it cannot be decoded; the walk is over.
  Result<bool> goOn(BytesView soFar);

  std::size_t size() const { return position_; }  // of the whole message

  // Of the whole message; the views are into what is given.
  MessageHead headOf(BytesView message) const;

  void restart();  // for another message

 private:
  // A struct or container that is being walked through.
  struct Level {
    Item key;
    Item value;
    bool isStruct;
    std::uint32_t valuesLeft;  // in a map two for each entry
  };
  enum class State : std::uint8_t { before, inside, after };

  // Each takes one head off the cursor, or nothing at all: see ItemCursor.
  bool step(ItemCursor& cursor);
  bool readHead(ItemCursor& cursor);
  bool readBinaryHead(ItemCursor& cursor, BytesView& name);
  bool readCompactHead(ItemCursor& cursor, BytesView& name);
  bool readKind(ItemCursor& cursor, unsigned number);
  bool readName(ItemCursor& cursor, std::uint32_t bytes, BytesView& name) const;
  bool chooseNext(ItemCursor& cursor);
  bool open(ItemCursor& cursor);
  bool openString(ItemCursor& cursor);
  bool openContainer(ItemCursor& cursor, const Container& container);
  bool jump(ItemCursor& cursor, std::uint64_t bytes);
  bool push(ItemCursor& cursor, const Level& level);
  void pop();

  std::size_t at(const ItemCursor& cursor) const { return seen_ - cursor.rest().size(); }
  std::size_t left(const ItemCursor& cursor) const;  // bytes the message may still have

  const GuardLimits& limits_;
  const std::size_t bytesMax_;
  State state_ = State::before;
  Item next_ = Item::unknown;  // the value that begins at position_; unknown: not chosen yet
  int depth_ = 0;              // levels in use
  std::uint32_t elementsLeft_ = 0;
  std::size_t position_ = 0;  // all before it has been walked over
  std::size_t skip_ = 0;      // bytes of a value that are still to come, from position_ on
  std::size_t seen_ = 0;      // bytes of soFar in the call at hand
  Encoding encoding_ = Encoding::binary;
  MessageKind kind_ = MessageKind::call;
  std::int32_t seqid_ = 0;
  std::size_t nameBegin_ = 0;
  std::size_t nameBytes_ = 0;
  std::size_t bodyBegin_ = 0;
  std::array<Level, depthHighest + 1> levels_;
};

}  // namespace henge::wire

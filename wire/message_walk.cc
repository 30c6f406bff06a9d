#include "wire/message_walk.h"

#include <algorithm>
#include <cassert>

namespace henge::wire {

MessageWalk::MessageWalk(const GuardLimits& limits, std::size_t bytesMax)
    : limits_(limits), bytesMax_(bytesMax), elementsLeft_(limits.elementsMax) {
  assert(limits.depthMax <= depthHighest);
}

Result<bool> MessageWalk::goOn(BytesView soFar) {
  assert(soFar.size() >= position_ && "what was given once stays");
  if (state_ == State::before) {
    if (soFar.size() < 2) return false;
    const Result<Encoding> encoding = encodingOf(soFar);
    if (!encoding.ok()) return encoding.error();
    encoding_ = *encoding;
  }
  seen_ = soFar.size();
  ItemCursor cursor(soFar.substr(position_));
  while (state_ != State::after) {
    const std::size_t jumped = std::min(skip_, cursor.rest().size());
    (void)cursor.skip(jumped);
    position_ += jumped;
    skip_ -= jumped;
    if (skip_ > 0) return false;
    if (!step(cursor)) {
      if (cursor.wrong() == nullptr) return false;
      return corruptMessage(cursor.wrong());
    }
    position_ = at(cursor);
  }
  return true;
}

MessageHead MessageWalk::headOf(BytesView message) const {
  assert(state_ == State::after && message.size() >= position_);
  MessageHead head;
  head.encoding = encoding_;
  head.kind = kind_;
  head.name = message.substr(nameBegin_, nameBytes_);
  head.seqid = seqid_;
  head.body = message.substr(bodyBegin_, position_ - bodyBegin_);
  return head;
}

void MessageWalk::restart() {
  state_ = State::before;
  next_ = Item::unknown;
  depth_ = 0;
  elementsLeft_ = limits_.elementsMax;
  position_ = skip_ = 0;
}

bool MessageWalk::step(ItemCursor& cursor) {
  if (state_ == State::before) return readHead(cursor);
  return next_ == Item::unknown ? chooseNext(cursor) : open(cursor);
}

// The struct that follows is the outermost level.
bool MessageWalk::readHead(ItemCursor& cursor) {
  BytesView name;
  const bool isBinary = encoding_ == Encoding::binary;
  if (!(isBinary ? readBinaryHead(cursor, name) : readCompactHead(cursor, name))) return false;
  bodyBegin_ = at(cursor);
  nameBytes_ = name.size();
  // The name is followed by the number in one protocol, preceded by it in the other.
  nameBegin_ = bodyBegin_ - nameBytes_ - (isBinary ? sizeof seqid_ : 0);
  state_ = State::inside;
  return push(cursor, {Item::unknown, Item::unknown, true, 0});
}

bool MessageWalk::readKind(ItemCursor& cursor, unsigned number) {
  if (number < 1 || number > 4) return cursor.fail("it is neither call nor reply");
  kind_ = static_cast<MessageKind>(number);
  return true;
}

bool MessageWalk::readName(ItemCursor& cursor, std::uint32_t bytes, BytesView& name) const {
  if (bytes > limits_.nameBytesMax) return cursor.fail("its method's name is too long");
  return cursor.view(bytes, name);
}

bool MessageWalk::readBinaryHead(ItemCursor& cursor, BytesView& name) {
  std::uint32_t first = 0;
  std::uint32_t nameBytes = 0;
  std::uint32_t seqid = 0;
  const bool read = cursor.bigEndian32(first) && readKind(cursor, first & 0xff) &&
                    cursor.bigEndian32(nameBytes) && readName(cursor, nameBytes, name) &&
                    cursor.bigEndian32(seqid);
  seqid_ = static_cast<std::int32_t>(seqid);
  return read;
}

bool MessageWalk::readCompactHead(ItemCursor& cursor, BytesView& name) {
  std::uint8_t protocol = 0;
  std::uint8_t versionAndKind = 0;
  std::uint64_t seqid = 0;
  std::uint32_t nameBytes = 0;
  const bool read = cursor.byte(protocol) && cursor.byte(versionAndKind) &&
                    readKind(cursor, versionAndKind >> 5) && cursor.varint(seqid) &&
                    cursor.varintSize(nameBytes) && readName(cursor, nameBytes, name);
  seqid_ = static_cast<std::int32_t>(static_cast<std::uint32_t>(seqid));
  return read;
}

// Which value comes next in the innermost level, if it is not at its end.
bool MessageWalk::chooseNext(ItemCursor& cursor) {
  Level& level = levels_[static_cast<std::size_t>(depth_ - 1)];
  if (level.isStruct) {
    bool isStop = false;
    if (!headsOf(encoding_).field(cursor, next_, isStop)) {
      next_ = Item::unknown;
      return false;
    }
    if (isStop) pop();
  } else if (level.valuesLeft == 0) {
    pop();
  } else {
    next_ = level.valuesLeft % 2 == 0 ? level.key : level.value;
    --level.valuesLeft;
  }
  return true;
}

bool MessageWalk::open(ItemCursor& cursor) {
  const ItemHeads& heads = headsOf(encoding_);
  Container container;
  std::uint64_t number = 0;
  switch (next_) {
    case Item::unknown:
    case Item::nothing:
      next_ = Item::unknown;
      return true;
    case Item::bytes1:
      return jump(cursor, 1);
    case Item::bytes2:
      return jump(cursor, 2);
    case Item::bytes4:
      return jump(cursor, 4);
    case Item::bytes8:
      return jump(cursor, 8);
    case Item::varint:
      return cursor.varint(number) && jump(cursor, 0);
    case Item::string:
      return openString(cursor);
    case Item::structure:
      return push(cursor, {Item::unknown, Item::unknown, true, 0});
    case Item::list:
      return heads.list(cursor, container) && openContainer(cursor, container);
    case Item::map:
      return heads.map(cursor, container) && openContainer(cursor, container);
  }
  return false;
}

bool MessageWalk::openString(ItemCursor& cursor) {
  std::uint32_t bytes = 0;
  return headsOf(encoding_).length(cursor, bytes) && jump(cursor, bytes);
}

bool MessageWalk::openContainer(ItemCursor& cursor, const Container& container) {
  const auto [key, value, count] = container;
  const bool isMap = next_ == Item::map;
  if (count > 0) {
    if (key == Item::unknown || value == Item::unknown) {
      return cursor.fail("a container's elements have an unknown type");
    }
    const auto leastBytes = headsOf(encoding_).leastBytes;
    const std::uint64_t bytesEach = leastBytes(value) + (isMap ? leastBytes(key) : 0);
    if (count > left(cursor) / bytesEach) {
      return cursor.fail("a container is larger than the message");
    }
    if (count > elementsLeft_) return cursor.fail("too many elements in its containers");
  }
  elementsLeft_ -= count;
  return push(cursor, {key, value, false, isMap ? 2 * count : count});
}

// The value at hand ends so many bytes further on.
bool MessageWalk::jump(ItemCursor& cursor, std::uint64_t bytes) {
  if (bytes > left(cursor)) return cursor.fail("a value is longer than the message");
  skip_ = static_cast<std::size_t>(bytes);
  next_ = Item::unknown;
  return true;
}

bool MessageWalk::push(ItemCursor& cursor, const Level& level) {
  if (depth_ > limits_.depthMax) return cursor.fail("its values are nested too deeply");
  levels_[static_cast<std::size_t>(depth_++)] = level;
  next_ = Item::unknown;
  return true;
}

void MessageWalk::pop() {
  if (--depth_ == 0) state_ = State::after;
}

std::size_t MessageWalk::left(const ItemCursor& cursor) const {
  return bytesMax_ - std::min(bytesMax_, at(cursor));
}

}  // namespace henge::wire

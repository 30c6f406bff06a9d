#include "wire/frame_reader.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "wire/encoding.h"

namespace henge::wire {

std::uint32_t FrameReader::length() const {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < frameLengthBytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(bytes_[begin_ + i]);
  }
  return length;
}

std::size_t FrameReader::needed() const {
  if (isUnframed()) return buffered() + 1;
  return buffered() < frameLengthBytes ? frameLengthBytes : frameLengthBytes + length();
}

// More than what is there as long as the frame is not whole. Where a message without a frame ends
// is not known before it is there.
std::size_t FrameReader::grown() const {
  const std::size_t doubled = std::max(2 * buffered(), chunkBytes);
  return isUnframed() ? doubled : std::min(needed(), doubled);
}

void FrameReader::reserve(std::size_t bytes) {
  auto grown = std::make_unique_for_overwrite<char[]>(bytes);
  if (end_ > begin_) std::memcpy(grown.get(), &bytes_[begin_], buffered());
  own_ = std::move(grown);
  bytes_ = own_.get();
  capacity_ = bytes;
  end_ -= begin_;
  begin_ = 0;
}

void FrameReader::forget() {
  own_.reset();
  bytes_ = nullptr;
  capacity_ = begin_ = end_ = 0;
}

std::span<char> FrameReader::space() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (!own_ || capacity_ > keptBytesMax) reserve(chunkBytes);
  }
  return roomForMore();
}

std::span<char> FrameReader::space(std::span<char> lent) {
  if (begin_ == end_) {
    forget();
    bytes_ = lent.data();
    capacity_ = lent.size();
  }
  return roomForMore();
}

std::span<char> FrameReader::roomForMore() {
  if (begin_ > 0 && needed() > capacity_ - begin_) {
    std::memmove(&bytes_[0], &bytes_[begin_], buffered());
    end_ -= begin_;
    begin_ = 0;
  }
  // A full buffer that begins with a whole frame is never seen here: next() has taken those.
  if (end_ == capacity_) reserve(grown());
  assert(end_ < capacity_);
  return {&bytes_[end_], capacity_ - end_};
}

void FrameReader::received(std::size_t bytes) {
  assert(bytes <= capacity_ - end_);
  end_ += bytes;
}

Result<std::optional<BytesView>> FrameReader::next() {
  if (begin_ == end_) return std::optional<BytesView>();
  if (cutBy_ == CutBy::unknown) chooseCut();
  return isUnframed() ? nextByWalking() : nextByLength();
}

// A length that begins with such a byte is 2 GiB or more, above every limit.
void FrameReader::chooseCut() {
  const bool isLength = !beginsMessage(bytes_[begin_]);
  cutBy_ = isLength ? CutBy::length : CutBy::walking;
  if (!isLength) walk_ = std::make_unique<MessageWalk>(requestLimits, frameBytesMax_);
}

Result<std::optional<BytesView>> FrameReader::nextByLength() {
  if (buffered() < frameLengthBytes) return std::optional<BytesView>();
  const std::uint32_t bytes = length();
  if (bytes == 0 || bytes > frameBytesMax_) {
    return badFrameLength(rest().substr(0, frameLengthBytes), frameBytesMax_);
  }
  if (buffered() < frameLengthBytes + bytes) return std::optional<BytesView>();
  const BytesView frame = rest().substr(frameLengthBytes, bytes);
  begin_ += frameLengthBytes + bytes;
  return std::optional<BytesView>(frame);
}

Result<std::optional<BytesView>> FrameReader::nextByWalking() {
  const Result<bool> whole = walk_->goOn(rest());
  if (!whole.ok()) return unframed(whole.error().message);
  const std::size_t bytes = *whole ? walk_->size() : buffered();
  if (bytes > frameBytesMax_) return unframed("a message that is longer");
  if (!*whole) return std::optional<BytesView>();
  const BytesView message = rest().substr(0, bytes);
  begin_ += bytes;
  walk_->restart();
  return std::optional<BytesView>(message);
}

Error FrameReader::unframed(const std::string& what) const {
  return {ErrorKind::invalidRequest,
          "unframed, frameBytesMax " + std::to_string(frameBytesMax_) + ": " + what};
}

void FrameReader::keepRest() {
  if (begin_ == end_) return forget();
  if (!own_) reserve(std::max(buffered(), grown()));
}

FrameReader::Phase FrameReader::phase() const {
  if (begin_ == end_) return Phase::between;
  return buffered() < frameLengthBytes ? Phase::header : Phase::body;
}

}  // namespace henge::wire

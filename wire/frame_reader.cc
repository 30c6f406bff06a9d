#include "wire/frame_reader.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "wire/encoding.h"

namespace henge::wire {

namespace {

constexpr std::size_t lengthBytes = 4;

}  // namespace

std::uint32_t FrameReader::length() const {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < lengthBytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(bytes_[begin_ + i]);
  }
  return length;
}

std::size_t FrameReader::needed() const {
  return buffered() < lengthBytes ? lengthBytes : lengthBytes + length();
}

// More than what is there as long as the frame is not whole.
std::size_t FrameReader::grown() const {
  return std::min(needed(), std::max(2 * buffered(), chunkBytes));
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
  if (buffered() < lengthBytes) return std::optional<BytesView>();
  const std::uint32_t bytes = length();
  if (bytes == 0 || bytes > frameBytesMax_) {
    return badFrameLength({&bytes_[begin_], lengthBytes}, frameBytesMax_);
  }
  if (buffered() < lengthBytes + bytes) return std::optional<BytesView>();
  const BytesView frame(&bytes_[begin_ + lengthBytes], bytes);
  begin_ += lengthBytes + bytes;
  return std::optional<BytesView>(frame);
}

void FrameReader::keepRest() {
  if (begin_ == end_) return forget();
  if (!own_) reserve(std::max(buffered(), grown()));
}

FrameReader::Phase FrameReader::phase() const {
  if (begin_ == end_) return Phase::between;
  return buffered() < lengthBytes ? Phase::header : Phase::body;
}

}  // namespace henge::wire

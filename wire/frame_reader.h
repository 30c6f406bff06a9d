// Cuts a stream of bytes into messages: framed, or one after the other as they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/bytes.h"
#include "core/result.h"
#include "wire/message_walk.h"

namespace henge::wire {

// framed: 4 bytes of length, big end first, then so many bytes. either: also Thrift messages
// without a length, whose ends are found by walking over them; the stream's first byte tells, for
// good.
enum class Framing { framed, either };

inline constexpr std::size_t frameLengthBytes = 4;

// Reads into memory of its own, or into what it is lent as long as it has kept nothing. Its own
// doubles when it is full: what is reserved is at most twice what has arrived, whatever a length
// promises. Nothing is reserved for a length of 0 or above the limit. The limit is the same for a
// message without a frame.
class FrameReader {
 public:
  static constexpr std::size_t chunkBytes =
      16ULL * 1024;  // the least that is reserved to read into
  static constexpr std::size_t keptBytesMax = 64ULL * 1024;  // kept between frames

  explicit FrameReader(std::uint32_t frameBytesMax, Framing framing = Framing::framed)
      : frameBytesMax_(frameBytesMax),
        cutBy_(framing == Framing::framed ? CutBy::length : CutBy::unknown) {}

  // Where the next bytes go, at least one. Ends the life of views that next() gave.
  std::span<char> space();
  // The same, in `lent` if nothing is kept: what is lent is in use until keepRest().
  std::span<char> space(std::span<char> lent);
  void received(std::size_t bytes);

  // The next whole message, without its length; nullopt: more bytes are needed. After an error the
  // stream cannot be read any further.
  Result<std::optional<BytesView>> next();

  bool isUnframed() const { return cutBy_ == CutBy::walking; }

  // What no frame was made of becomes its own; if there is nothing, it holds no memory at all.
  void keepRest();

  // Of the message after the last next(). header: fewer than 4 bytes of it are there.
  enum class Phase { between, header, body };
  Phase phase() const;
  std::size_t buffered() const { return end_ - begin_; }
  std::size_t capacity() const { return own_ ? capacity_ : 0; }  // of its own memory

 private:
  enum class CutBy : std::uint8_t { unknown, length, walking };

  BytesView rest() const { return {bytes_ + begin_, buffered()}; }
  void chooseCut();
  Result<std::optional<BytesView>> nextByLength();
  Result<std::optional<BytesView>> nextByWalking();
  Error unframed(const std::string& what) const;

  std::uint32_t length() const;  // of the frame that begins at begin_; precondition: 4 bytes
  std::size_t needed() const;    // bytes from begin_ to the end of that frame, as far as known
  std::size_t grown() const;     // what to reserve for that frame
  void reserve(std::size_t bytes);
  void forget();
  std::span<char> roomForMore();

  std::uint32_t frameBytesMax_;
  CutBy cutBy_;
  std::unique_ptr<MessageWalk> walk_;  // over the message at begin_; CutBy::walking only
  std::unique_ptr<char[]> own_;
  char* bytes_ = nullptr;  // own_, or what was lent
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;  // of the first frame not yet given out
  std::size_t end_ = 0;
};

}  // namespace henge::wire

#include "wire/frame_reader.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

#include "tests/unit/wire/raw_client.h"

namespace henge::wire {
namespace {

constexpr std::uint32_t limit = 1 << 20;

// Gives the bytes in pieces of the given sizes, over and over; what came out, frame by frame.
std::vector<Bytes> cut(FrameReader& reader, BytesView stream,
                       const std::vector<std::size_t>& sizes) {
  std::vector<Bytes> frames;
  std::size_t turn = 0;
  while (!stream.empty()) {
    const std::size_t wanted = std::max<std::size_t>(sizes[turn++ % sizes.size()], 1);
    const std::span<char> space = reader.space();
    const std::size_t bytes = std::min({wanted, space.size(), stream.size()});
    std::copy_n(stream.data(), bytes, space.data());
    reader.received(bytes);
    stream.remove_prefix(bytes);
    while (true) {
      const auto frame = reader.next();
      if (!frame.ok() || !frame->has_value()) break;
      frames.emplace_back(**frame);
    }
  }
  return frames;
}

void feed(FrameReader& reader, BytesView bytes) {
  const std::span<char> space = reader.space();
  ASSERT_GE(space.size(), bytes.size());
  std::copy(bytes.begin(), bytes.end(), space.data());
  reader.received(bytes.size());
}

TEST(FrameReader, cutsByteByByte) {
  FrameReader reader(limit);
  const std::vector<Bytes> wanted{"a", "bc", Bytes(5000, 'x')};
  Bytes stream;
  for (const Bytes& frame : wanted) stream += framed(frame);
  EXPECT_EQ(cut(reader, stream, {1}), wanted);
}

TEST(FrameReader, cutsWhereverTheStreamIsSplit) {
  const Bytes stream = framed("first") + framed("second, longer") + framed("3");
  for (std::size_t split = 1; split < stream.size(); ++split) {
    FrameReader reader(limit);
    const std::vector<Bytes> frames = cut(reader, stream, {split, stream.size()});
    EXPECT_EQ(frames, (std::vector<Bytes>{"first", "second, longer", "3"})) << split;
  }
}

RC_GTEST_PROP(FrameReader, cutsAnyFramesInAnyPieces, ()) {
  const auto sizes = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange(1, 40'000));
  const auto pieces =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange(1, 50'000)));
  std::vector<Bytes> wanted;
  Bytes stream;
  for (const std::size_t size : sizes) {
    wanted.emplace_back(size, static_cast<char>('a' + wanted.size() % 26));
    stream += framed(wanted.back());
  }
  FrameReader reader(limit);
  RC_ASSERT(cut(reader, stream, pieces) == wanted);
  RC_ASSERT(reader.phase() == FrameReader::Phase::between);
}

TEST(FrameReader, refusesALengthBeforeItReservesAnything) {
  for (const std::uint32_t length : {0U, limit + 1, 0x7fffffffU, 0xffffffffU}) {
    FrameReader reader(limit);
    Bytes head;
    for (int shift = 24; shift >= 0; shift -= 8) head.push_back(static_cast<char>(length >> shift));
    feed(reader, head);
    EXPECT_FALSE(reader.next().ok()) << length;
    EXPECT_EQ(reader.capacity(), FrameReader::chunkBytes);
  }
}

TEST(FrameReader, takesAFrameAtTheLimit) {
  FrameReader reader(limit);
  const std::vector<Bytes> frames = cut(reader, framed(Bytes(limit, 'v')), {100'000});
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].size(), limit);
}

TEST(FrameReader, reservesWithWhatArrivesNotWithWhatIsPromised) {
  FrameReader reader(64 << 20);
  feed(reader, framed(Bytes(60 << 20, 'v')).substr(0, 1000));
  (void)reader.next();
  (void)reader.space();
  EXPECT_EQ(reader.capacity(), FrameReader::chunkBytes);
  std::size_t arrived = 1000;
  while (arrived < (4 << 20)) {
    const std::span<char> space = reader.space();
    reader.received(space.size());
    arrived += space.size();
    ASSERT_TRUE(reader.next().ok());
    ASSERT_LE(reader.capacity(), 2 * arrived + FrameReader::chunkBytes);
  }
}

void lendTo(FrameReader& reader, std::span<char> lent, BytesView bytes) {
  const std::span<char> space = reader.space(lent);
  ASSERT_GE(space.size(), bytes.size());
  std::copy(bytes.begin(), bytes.end(), space.data());
  reader.received(bytes.size());
}

TEST(FrameReader, ownsNothingOfWhatItWasLent) {
  FrameReader reader(limit);
  std::vector<char> lent(1000);
  lendTo(reader, lent, framed("one") + framed("two"));
  EXPECT_EQ(**reader.next(), "one");
  EXPECT_EQ(**reader.next(), "two");
  reader.keepRest();
  EXPECT_EQ(reader.capacity(), 0U);
}

TEST(FrameReader, keepsTheRestAndNoMoreThanItNeeds) {
  FrameReader reader(limit);
  std::vector<char> lent(1000);
  const Bytes stream = framed("one") + framed("two, later");
  for (std::size_t split = 1; split < stream.size(); ++split) {
    std::vector<Bytes> frames;
    for (const BytesView part :
         {BytesView(stream).substr(0, split), BytesView(stream).substr(split)}) {
      for (BytesView rest = part; !rest.empty();) {
        const std::size_t bytes = std::min(reader.space(lent).size(), rest.size());
        lendTo(reader, lent, rest.substr(0, bytes));
        rest.remove_prefix(bytes);
        while (true) {
          const auto frame = reader.next();
          if (!frame->has_value()) break;
          frames.emplace_back(**frame);
        }
      }
      reader.keepRest();
      std::ranges::fill(lent, '?');  // as another stream would
      EXPECT_LE(reader.capacity(), 14U);
    }
    EXPECT_EQ(frames, (std::vector<Bytes>{"one", "two, later"})) << split;
    EXPECT_EQ(reader.capacity(), 0U);
  }
}

TEST(FrameReader, keepsWholeFramesThatNobodyTook) {
  FrameReader reader(limit);
  std::vector<char> lent(1000);
  lendTo(reader, lent, framed("one") + framed("two") + framed("three").substr(0, 5));
  reader.keepRest();
  std::ranges::fill(lent, '?');
  EXPECT_EQ(**reader.next(), "one");
  EXPECT_EQ(**reader.next(), "two");
  lendTo(reader, lent, "hree");
  EXPECT_EQ(**reader.next(), "three");
}

TEST(FrameReader, givesALargeBufferBack) {
  FrameReader reader(limit);
  ASSERT_EQ(cut(reader, framed(Bytes(900'000, 'v')), {50'000}).size(), 1U);
  (void)reader.space();
  EXPECT_EQ(reader.capacity(), FrameReader::chunkBytes);
}

TEST(FrameReader, saysWhereItStands) {
  FrameReader reader(limit);
  EXPECT_EQ(reader.phase(), FrameReader::Phase::between);
  const Bytes stream = framed("abc");
  feed(reader, stream.substr(0, 3));
  EXPECT_EQ(reader.phase(), FrameReader::Phase::header);
  feed(reader, stream.substr(3, 2));
  EXPECT_EQ(reader.phase(), FrameReader::Phase::body);
  feed(reader, stream.substr(5));
  EXPECT_TRUE(reader.next()->has_value());
  EXPECT_EQ(reader.phase(), FrameReader::Phase::between);
}

}  // namespace
}  // namespace henge::wire

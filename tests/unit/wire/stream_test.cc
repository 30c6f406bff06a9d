#include "wire/stream.h"

#include <gtest/gtest.h>

#include "tests/kit/virtual_loop.h"
#include "tests/unit/wire/allocation_meter.h"
#include "tests/unit/wire/fake_socket.h"
#include "tests/unit/wire/raw_client.h"

namespace henge::wire {
namespace {

struct SeenFrames final : StreamSink {
  bool wantsFrames() const override { return frames.size() < wanted; }
  Status onFrame(BytesView frame, MonoTime firstByte) override {
    if (!keepsNone) frames.emplace_back(frame);
    lastFirstByte = firstByte;
    if (frame == "close") stream->close();
    return {};
  }
  void onTaken() override { ++taken; }
  void onEnd(const std::string& reason, bool orderly) override {
    ends.push_back(reason + (orderly ? ", orderly" : ""));
  }

  Stream* stream = nullptr;
  bool keepsNone = false;
  std::size_t wanted = 1'000'000;
  std::vector<Bytes> frames;
  MonoTime lastFirstByte;
  int taken = 0;
  std::vector<std::string> ends;
};

// What several streams read into, and one of them.
struct Shared {
  kit::VirtualLoop loop;
  TrafficCounters counters;
  ReadSpace readSpace;
};

struct Streaming {
  explicit Streaming(Shared& with) : shared(with) {
    seen.stream = stream.get();
    stream->start();
  }
  ~Streaming() { stream->close(); }

  void arrive(BytesView bytes) {
    socket->incoming += bytes;
    socket->tellReadable();
  }

  Shared& shared;
  SeenFrames seen;
  std::shared_ptr<SocketState> socket = std::make_shared<SocketState>();
  std::shared_ptr<Stream> stream =
      std::make_shared<Stream>(std::make_unique<FakeSocket>(socket), FrameReader(1U << 20),
                               StreamEnv{shared.loop, shared.counters, shared.readSpace}, seen);
};

using Frames = std::vector<Bytes>;

TEST(Stream, readsOnlyWhenItIsTold) {
  Shared shared;
  Streaming at(shared);
  EXPECT_EQ(at.socket->reads, 0);
  at.arrive(framed("a") + framed("bc"));
  EXPECT_EQ(at.seen.frames, (Frames{"a", "bc"}));
  EXPECT_EQ(at.socket->reads, 1);
  EXPECT_TRUE(at.socket->awaitsReadable);
}

// Streams that take turns with halves of frames in the one space they are lent.
TEST(Stream, keepsTheRestOfAFrameFromTheNextStream) {
  Shared shared;
  Streaming one(shared);
  Streaming two(shared);
  const Bytes first = framed("of the first") + framed("and its second");
  const Bytes second = framed(Bytes(40'000, 'x')) + framed("y");
  for (std::size_t at = 0; at < second.size(); at += 100) {
    one.arrive(BytesView(first).substr(std::min(at / 100, first.size()), 1));
    two.arrive(BytesView(second).substr(at, 100));
  }
  EXPECT_EQ(one.seen.frames, (Frames{"of the first", "and its second"}));
  EXPECT_EQ(two.seen.frames, (Frames{Bytes(40'000, 'x'), "y"}));
}

TEST(Stream, holdsNoMemoryToReadIntoBetweenFrames) {
  Shared shared;
  std::vector<std::unique_ptr<Streaming>> many;
  const AllocationMeter meter;
  for (int i = 0; i < 100; ++i) {
    many.push_back(std::make_unique<Streaming>(shared));
    many.back()->seen.keepsNone = true;
    many.back()->arrive(framed(Bytes(3000, 'v')).substr(0, 1500));
    many.back()->arrive(framed(Bytes(3000, 'v')).substr(1500));
  }
  EXPECT_EQ(shared.counters.framesIn, 100U);
  EXPECT_LT(meter.peakBytes(), 100U * 3000);
}

TEST(Stream, letsOthersHaveTheirTurnInAFlood) {
  Shared shared;
  Streaming at(shared);
  Bytes flood;
  while (flood.size() < 10 * ReadSpace::bytes) flood += framed(Bytes(996, 'f'));
  at.arrive(flood);
  EXPECT_EQ(at.socket->reads, Stream::readsInARowMax);
  EXPECT_TRUE(at.socket->awaitsReadable);
  while (!at.socket->incoming.empty()) at.socket->tellReadable();
  EXPECT_EQ(at.seen.frames.size(), flood.size() / 1000);
}

TEST(Stream, readsOnAFrameThatIsLargerThanTheSpace) {
  Shared shared;
  Streaming at(shared);
  const Bytes large(900'000, 'v');
  at.arrive(framed("small") + framed(large) + framed("after"));
  while (!at.socket->incoming.empty()) at.socket->tellReadable();
  EXPECT_EQ(at.seen.frames, (Frames{"small", large, "after"}));
}

TEST(Stream, readsNothingWhileNoFrameIsWanted) {
  Shared shared;
  Streaming at(shared);
  at.seen.wanted = 2;
  at.arrive(framed("1") + framed("2") + framed("3") + framed("4").substr(0, 4));
  EXPECT_TRUE(at.stream->isPaused());
  EXPECT_FALSE(at.socket->awaitsReadable);
  EXPECT_EQ(at.seen.frames.size(), 2U);
  Streaming(shared).arrive(framed("another stream reads meanwhile"));
  at.seen.wanted = 10;
  at.stream->resume();
  EXPECT_EQ(at.seen.frames.size(), 3U);
  at.arrive("4");
  EXPECT_EQ(at.seen.frames, (Frames{"1", "2", "3", "4"}));
}

TEST(Stream, saysWhenTheFirstByteCame) {
  Shared shared;
  Streaming at(shared);
  const MonoTime began = shared.loop.now();
  at.arrive(framed("frame").substr(0, 2));
  shared.loop.runFor(5_s);
  at.arrive(framed("frame").substr(2) + framed("next"));
  EXPECT_EQ(at.seen.frames.size(), 2U);
  EXPECT_EQ(at.seen.lastFirstByte, began + 5_s);
  EXPECT_EQ(at.stream->lastReceived(), began + 5_s);
}

TEST(Stream, endsInOrderBetweenFramesOnly) {
  Shared shared;
  Streaming orderly(shared);
  orderly.socket->ended = true;
  orderly.arrive(framed("last"));
  orderly.socket->tellReadable();
  EXPECT_EQ(orderly.seen.ends, (Frames{"closed by the other side, orderly"}));
  Streaming cut(shared);
  cut.socket->ended = true;
  cut.arrive(framed("last").substr(0, 6));
  cut.socket->tellReadable();
  EXPECT_EQ(cut.seen.ends, (Frames{"closed by the other side"}));
  Streaming lost(shared);
  lost.socket->failure = "connection reset";
  lost.arrive(framed("last"));
  lost.socket->tellReadable();
  EXPECT_EQ(lost.seen.ends, (Frames{"connection reset"}));
}

TEST(Stream, mayBeClosedByAFrame) {
  Shared shared;
  Streaming at(shared);
  at.arrive(framed("close") + framed("never seen"));
  EXPECT_EQ(at.seen.frames, (Frames{"close"}));
  EXPECT_FALSE(at.socket->isOpen);
  EXPECT_TRUE(at.seen.ends.empty());
}

TEST(Stream, sendsTheRestWhenTheSocketTakesMore) {
  Shared shared;
  Streaming at(shared);
  at.socket->roomToSend = 5;
  at.stream->output().append("0123456789");
  at.stream->flush();
  EXPECT_EQ(at.socket->sent, "01234");
  EXPECT_TRUE(at.stream->isBlocked());
  at.stream->output().append("abc");
  at.stream->flush();  // waits its turn
  EXPECT_EQ(at.socket->sent, "01234");
  at.socket->roomToSend = 100;
  at.socket->tellWritable();
  EXPECT_EQ(at.socket->sent, "0123456789abc");
  EXPECT_FALSE(at.stream->isBlocked());
  EXPECT_EQ(at.seen.taken, 1);
  EXPECT_EQ(shared.counters.writes, 2U);
  EXPECT_EQ(shared.counters.bytesOut, 13U);
}

}  // namespace
}  // namespace henge::wire

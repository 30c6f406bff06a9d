// Bytes that are no requests, on a real port: a typed answer or a close with a line; the others go
// on.
#include <gtest/gtest.h>
#include <random>

#include "tests/unit/wire/allocation_meter.h"
#include "tests/unit/wire/listening.h"
#include "tests/unit/wire/messages.h"

namespace henge::wire {
namespace {

class HostileFrames : public testing::Test {
 protected:
  HostileFrames() { at_.clients.answersAtOnce = true; }
  ~HostileFrames() override { expectOthersGoOn(); }

  void expectOthersGoOn() {
    RawClient other = at_.connect();
    other.send(getCall("k"));
    EXPECT_TRUE(at_.loop.runUntil([&] { return other.frames().size() == 1; }));
  }

  // Closed without an answer; the line says why.
  void expectClosed(const Bytes& bytes, const std::string& line) {
    at_.events.lines.clear();
    at_.loop.advance(2_s);  // lines are limited to one a second
    RawClient client = at_.connect();
    client.send(bytes);
    ASSERT_TRUE(at_.loop.runUntil([&] { return client.isEnded(); })) << line;
    EXPECT_TRUE(client.gotNothing());
    EXPECT_TRUE(at_.events.mentions(line)) << testing::PrintToString(at_.events.lines);
    EXPECT_TRUE(at_.events.mentions("client port: closed 127.0.0.1:"));
  }

  Listening at_;
};

TEST_F(HostileFrames, ofBadLengthsAreClosed) {
  const std::uint32_t limit = Limits().frameBytesMax();
  const auto lengthOf = [](std::uint32_t length) {
    Bytes out;
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(length >> shift));
    return out;
  };
  const AllocationMeter meter;
  expectClosed(lengthOf(0), "a frame of 0 bytes");
  expectClosed(lengthOf(limit + 1), "a frame of " + std::to_string(limit + 1) + " bytes");
  expectClosed(lengthOf(0x7fffffff), "a frame of 2147483647 bytes");
  expectClosed(lengthOf(0xffffffff), "a frame of 4294967295 bytes");
  EXPECT_LT(meter.peakBytes(), 1U << 20);
}

TEST_F(HostileFrames, ofOtherTransportsAreToldWhatIsNeeded) {
  expectClosed("GET / HTTP/1.1\r\n\r\n", "HTTP");
  expectClosed(Bytes("\x16\x03\x01\x02\x00\x01", 6), "TLS");
}

TEST_F(HostileFrames, ofOtherProtocolsAreClosedByName) {
  expectClosed(framed("[1,\"put\",1,0,{}]"), "JSON");
  expectClosed(framed(Bytes("\x0f\xff\0\0\0\0", 6)), "THeader");
  expectClosed(framed(Bytes("\0\0\0\3put\1\0\0\0\0", 12)), "non-strict");
  expectClosed(Bytes("\0\0\0\3put\1\0\0\0\1\0", 12), "as unframed non-strict binary protocol does");
}

TEST_F(HostileFrames, thatBreakOffAreClosedWhenTheClientIsGone) {
  RawClient client = at_.connect();
  client.send(putCall("k", Bytes(1000, 'v')).substr(0, 500));
  ASSERT_TRUE(at_.loop.runUntil([&] { return at_.listener.counters().bytesIn == 500; }));
  client.close();
  ASSERT_TRUE(at_.loop.runUntil([&] { return at_.listener.connections() == 0; }));
  EXPECT_TRUE(at_.clients.held.empty());
  EXPECT_TRUE(at_.events.mentions("closed by the other side"));
}

TEST_F(HostileFrames, thatPromiseTooMuchInsideAreClosedWithoutReservingIt) {
  const Bytes head("\x80\x01\x00\x01\x00\x00\x00\x03put\x00\x00\x00\x01", 15);
  const AllocationMeter meter;
  expectClosed(framed(head + Bytes("\x0f\x00\x01\x0c\x7f\xff\xff\xff\0", 9)),
               "a container is larger than the message");
  expectClosed(framed(head + Bytes("\x0b\x00\x01\x7f\xff\xff\xff\0", 8)),
               "a value is longer than the message");
  Bytes deep = head;
  for (int i = 0; i < 300'000; ++i) deep += Bytes("\x0c\x00\x01", 3);
  expectClosed(framed(deep), "nested too deeply");
  EXPECT_LT(meter.peakBytes(), 8U << 20);
}

// The guard measures a list by the type on the wire, here single bytes; Thrift reads what the
// schema says, here texts, of which these bytes promise half a GiB.
TEST_F(HostileFrames, thatNameAnotherElementTypeReserveNoMoreThanTheirBytes) {
  const Bytes call = framed(
      Bytes("\x80\x01\x00\x01\x00\x00\x00\x05hello\x00\x00\x00\x01\x0c\x00\x01\x0f\x00\x03\x03"
            "\x00\x00\x00\x04\x1f\xff\xff\xff\x00\x00",
            34));
  RawClient client = at_.connect();
  const AllocationMeter meter;
  client.send(call);
  ASSERT_TRUE(at_.loop.runUntil([&] { return client.frames().size() == 1; }));
  EXPECT_EQ(applicationErrorIn(client.frames()[0]).first,
            apache::thrift::TApplicationException::PROTOCOL_ERROR);
  EXPECT_LT(meter.peakBytes(), 1U << 20);
}

TEST_F(HostileFrames, ofUnknownMethodsAreAnsweredAndTheConnectionGoesOn) {
  RawClient client = at_.connect();
  client.send(callOf<thrift::Store_get_args>(Encoding::binary, "drop", 1, getOf("k")) +
              getCall("k", 2));
  ASSERT_TRUE(at_.loop.runUntil([&] { return client.frames().size() == 2; }));
  EXPECT_EQ(applicationErrorIn(client.frames()[0]).first,
            apache::thrift::TApplicationException::UNKNOWN_METHOD);
  EXPECT_EQ(headOf(client.frames()[1]).seqid, 2);
}

TEST_F(HostileFrames, ofRandomBytesNeverStopTheListener) {
  std::mt19937_64 random(20261121);
  const Bytes good = putCall("some key", "some value", 7).substr(4);
  const AllocationMeter meter;
  for (int i = 0; i < 1'000; ++i) {
    RawClient client = at_.connect();
    Bytes bytes;
    if (i % 2 == 0) {
      for (std::uint64_t left = random() % 100; left > 0; --left) {
        bytes.push_back(static_cast<char>(random()));
      }
    } else {
      Bytes changed = good;
      changed[random() % changed.size()] = static_cast<char>(random());
      bytes = framed(changed);
    }
    client.send(bytes);
    client.endSending();
    ASSERT_TRUE(at_.loop.runUntil([&] { return client.isEnded(); })) << i;
    for (const Bytes& frame : client.frames()) {
      const MessageKind kind = headOf(frame).kind;
      EXPECT_TRUE(kind == MessageKind::reply || kind == MessageKind::exception);
    }
  }
  EXPECT_LT(meter.peakBytes(), 4U << 20);
}

}  // namespace
}  // namespace henge::wire

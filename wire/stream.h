// A connected socket that brings frames and takes frames. Private to wire: Asio's headers are in
// it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "server/ports/clock.h"
#include "wire/counters.h"
#include "wire/frame_reader.h"
#include "wire/output_queue.h"

namespace henge::wire {

class StreamSink {
 public:
  // False: no further frame now. What is there stays, and nothing more is read, until resume().
  virtual bool wantsFrames() const = 0;

  // The view dies with the call. firstByte: when its first byte was read. An error ends the stream.
  virtual Status onFrame(BytesView frame, MonoTime firstByte) = 0;

  // Some of what waited to be sent has been taken, after the stream had to wait for that.
  virtual void onTaken() = 0;

  // Nothing more will be read; once. orderly: the other side ended between two frames, and may
  // still read what it is owed. Else nothing more can be sent either.
  virtual void onEnd(const std::string& reason, bool orderly) = 0;

 protected:
  ~StreamSink() = default;
};

// Reads on its own; writes what is in output() when flush() is called, as much as the kernel takes,
// and the rest when it takes more. Thread: the loop's. The sink, the clock and the counters live
// until close().
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  Stream(boost::asio::ip::tcp::socket socket, std::uint32_t frameBytesMax, ports::Clock& clock,
         TrafficCounters& counters, StreamSink& sink);

  void start();
  void resume();  // handles what wantsFrames() held up, and reads on
  void close();   // no event comes after this

  OutputQueue& output() { return output_; }
  const OutputQueue& output() const { return output_; }
  void flush();

  bool isOpen() const { return sink_ != nullptr; }
  bool isPaused() const { return paused_; }
  FrameReader::Phase phase() const { return frames_.phase(); }
  MonoTime frameBegan() const { return frameBegan_; }  // of the frame that phase() is about
  MonoTime lastReceived() const { return lastReceived_; }
  bool isBlocked() const { return blocked_; }  // the kernel takes no more
  MonoTime lastTaken() const { return lastTaken_; }

 private:
  using ErrorCode = boost::system::error_code;

  void read();
  void onRead(const ErrorCode& error, std::size_t bytes);
  void pump();
  void waitWritable();
  void end(const std::string& reason, bool orderly);

  boost::asio::ip::tcp::socket socket_;
  ports::Clock& clock_;
  TrafficCounters& counters_;
  StreamSink* sink_;  // nullptr once closed
  FrameReader frames_;
  OutputQueue output_;
  bool reading_ = false;
  bool paused_ = false;
  bool ended_ = false;
  bool blocked_ = false;
  MonoTime frameBegan_;
  MonoTime lastReceived_;
  MonoTime lastTaken_;
};

}  // namespace henge::wire

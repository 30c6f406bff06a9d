// A connected socket that brings messages and takes what is to be sent.
#pragma once

#include <memory>
#include <string>

#include "server/ports/clock.h"
#include "server/ports/network.h"
#include "wire/counters.h"
#include "wire/frame_reader.h"
#include "wire/output_queue.h"
#include "wire/read_space.h"

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

// What all streams of a listener, or of the links, have together.
struct StreamEnv {
  ports::Clock& clock;
  TrafficCounters& counters;
  ReadSpace& readSpace;
};

// Reads on its own; writes what is in output() when flush() is called, as much as the socket takes,
// and the rest when it takes more. Between frames it holds no memory to read into. Thread: the
// loop's. The sink and what is in `env` live until close().
class Stream final : public ports::SocketSink, public std::enable_shared_from_this<Stream> {
 public:
  // So that a flood of one stream cannot keep the others waiting: so often it reads in a row.
  static constexpr int readsInARowMax = 4;

  Stream(std::unique_ptr<ports::Socket> socket, FrameReader frames, StreamEnv env,
         StreamSink& sink);

  void start();
  void resume();  // handles what wantsFrames() held up, and reads on
  void close();   // no event comes after this; what the socket has taken is still sent

  OutputQueue& output() { return output_; }
  const OutputQueue& output() const { return output_; }
  void flush();

  bool isOpen() const { return sink_ != nullptr; }
  bool isUnframed() const { return frames_.isUnframed(); }  // known with the first message
  bool isPaused() const { return paused_; }
  FrameReader::Phase phase() const { return frames_.phase(); }
  MonoTime frameBegan() const { return frameBegan_; }  // of the frame that phase() is about
  MonoTime lastReceived() const { return lastReceived_; }
  bool isBlocked() const { return blocked_; }  // the socket takes no more
  MonoTime lastTaken() const { return lastTaken_; }

 private:
  void onReadable() override;
  void onWritable() override;
  bool readOnce();
  void pump();
  void settle();
  void waitWritable();
  void end(const std::string& reason, bool orderly);

  StreamEnv env_;
  StreamSink* sink_;  // nullptr once closed
  FrameReader frames_;
  OutputQueue output_;
  bool paused_ = false;
  bool ended_ = false;
  bool blocked_ = false;
  MonoTime frameBegan_;
  MonoTime lastReceived_;
  MonoTime lastTaken_;
  std::unique_ptr<ports::Socket> socket_;  // nullptr once closed
};

}  // namespace henge::wire

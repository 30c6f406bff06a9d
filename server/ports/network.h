// Byte streams between processes. Production: TCP (server/runtime/); the simulator: its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/bytes.h"
#include "core/cluster.h"
#include "core/result.h"

namespace henge::ports {

class SocketSink {
 public:
  virtual void onReadable() = 0;
  virtual void onWritable() = 0;

 protected:
  ~SocketSink() = default;
};

// One end of a connected stream. Bytes arrive in order, none twice, or the stream fails. Reading
// and writing never wait; who wants to be told asks, once per event. Destroying it closes it, and
// no event comes after that. Thread: the loop's.
class Socket {
 public:
  virtual ~Socket() = default;

  // Who is told; once, before anything is awaited. The sink outlives the socket.
  virtual void attach(SocketSink& sink) = 0;

  // One onReadable when read() has something to say: bytes, the end, a failure. Never inside the
  // call.
  virtual void awaitReadable() = 0;
  // How many bytes were put into `space`, at most all of it; 0: the other side has ended the
  // stream; nullopt: nothing now. Errors say in a few words what became of the stream ("connection
  // reset").
  virtual Result<std::optional<std::size_t>> read(std::span<char> space) = 0;

  // One onWritable when write() takes more, or would fail. Never inside the call.
  virtual void awaitWritable() = 0;
  // How many bytes of the chunks, in order, were taken; fewer than all: await before the next.
  virtual Result<std::size_t> write(std::span<const BytesView> chunks) = 0;

  // Whom it leads to: "127.0.0.1:51234".
  virtual std::string peerName() const = 0;
};

class DialSink {
 public:
  // Once, unless the Dial was destroyed before; never inside dial(). In a few words if it failed
  // ("connection refused").
  virtual void onDialled(Result<std::unique_ptr<Socket>> socket) = 0;

 protected:
  ~DialSink() = default;
};

// An attempt to connect; destroying it gives it up. It has no deadline of its own.
class Dial {
 public:
  virtual ~Dial() = default;
};

class AcceptSink {
 public:
  virtual void onAccepted(std::unique_ptr<Socket> socket) = 0;
  // What keeps others from coming in, as a sentence; may be said very often.
  virtual void onAcceptTrouble(const std::string& sentence) = 0;

 protected:
  ~AcceptSink() = default;
};

// A port that is listened on; destroying it ends that.
class ListeningPort {
 public:
  virtual ~ListeningPort() = default;
  virtual std::uint16_t number() const = 0;  // bound, also when 0 was asked for
};

// Thread: the loop's. It outlives what it gives.
class Network {
 public:
  virtual ~Network() = default;
  virtual std::unique_ptr<Dial> dial(const Address& address, DialSink& sink) = 0;
  // alreadyExists: "port 9002 on 127.0.0.1 is in use". Nothing is accepted inside the call.
  virtual Result<std::unique_ptr<ListeningPort>> listen(const Address& address,
                                                        AcceptSink& sink) = 0;
};

}  // namespace henge::ports

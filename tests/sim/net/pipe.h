// One direction of a stream: what was written and not yet read, on its way or arrived.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "core/time.h"

namespace henge::sim {

enum class Packet : std::uint8_t { syn, synAck, ack, data, window, fin, reset };

// Packets arrive in the order they were sent. An empty pipe holds no memory of its own.
class Pipe {
 public:
  struct Arrived {
    Packet packet;
    BytesView bytes;  // until the pipe changes
  };

  // At most `limit` bytes of the chunks; how many. They leave with the packets that follow.
  std::uint32_t append(std::span<const BytesView> chunks, std::uint32_t limit);
  void takeBack(std::uint32_t bytes);  // the last of what was appended: never sent, not forgotten
  void send(Packet packet, MonoTime at, std::uint32_t bytes = 0);
  void swallow() { swallows_ = true; }  // what is sent from now on gets nowhere
  bool swallows() const { return swallows_; }

  bool isOnWire() const { return load_ && load_->next < load_->packets.size(); }
  std::uint32_t packetsOnWire() const;
  Packet nextPacket() const { return load_->packets[load_->next].kind; }  // isOnWire()
  MonoTime nextAt() const { return load_->packets[load_->next].at; }      // isOnWire()
  Arrived arrive();                                                       // the next packet
  void delay(MonoTime notBefore);                                         // all that is on the wire
  void dropWire(std::uint32_t keep = 0);  // all but the first packets

  std::uint32_t arrivedBytes() const { return arrived_; }
  std::uint32_t read(std::span<char> space);  // of what has arrived; how many bytes
  void discardArrived();

  // Written and not yet read. What was dropped or swallowed counts: nobody acknowledged it.
  std::uint32_t outstanding() const { return outstanding_; }

  // The transport's notes.
  bool isArmed : 1 = false;        // a timer is set for the next packet
  bool isHeld : 1 = false;         // the next packet is due and cannot get through
  bool isOrphan : 1 = false;       // the sender's power went: what cannot get through is lost
  bool isStarved : 1 = false;      // the writer found no room and waits for a window packet
  bool windowSent : 1 = false;     // which is on its way
  bool hasEnded : 1 = false;       // the fin has arrived
  bool stopsMidFrame : 1 = false;  // at the next write
  bool resetSent : 1 = false;

 private:
  struct Sent {
    MonoTime at;
    std::uint32_t bytes;
    Packet kind;
  };
  struct Load {
    Bytes bytes;           // arrived, then on the wire, then appended
    std::size_t read = 0;  // bytes at the front that were read
    std::vector<Sent> packets;
    std::size_t next = 0;  // the first that has not arrived
  };
  Load& load();
  void shrink();

  bool swallows_ = false;
  std::unique_ptr<Load> load_;
  MonoTime lastAt_;
  std::uint32_t arrived_ = 0;
  std::uint32_t outstanding_ = 0;
};

}  // namespace henge::sim

// The file `peers`: its bytes (docs/format/peers.md), and its way to disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/ids.h"
#include "core/result.h"
#include "server/membership/remembered_peer.h"
#include "server/ports/disk.h"

namespace henge::membership {

inline constexpr const char* peerFileName = "peers";
inline constexpr std::uint32_t peerFileFormat = 1;
inline constexpr std::uint64_t peerFileBytesMax = 16ULL * 1024 * 1024;
inline constexpr std::size_t reasonBytesMax = 512;  // longer ones are cut when written

struct PeerFile {
  ClusterId cluster;
  NodeId self;
  DirectoryId directory;
  bool confirmed = false;                    // a majority knew of no other directory of this node
  std::optional<std::string> ownRebuilding;  // why this node does not vote
  std::vector<RememberedPeer> peers;         // ascending by node

  friend bool operator==(const PeerFile&, const PeerFile&) = default;
};

Bytes encode(const PeerFile& file);

// corrupt: wrong checksum or not such a file; mismatch: a newer format, named.
Result<PeerFile> decodePeerFile(BytesView bytes);

class PeerFileSink {
 public:
  // What is to be written, as it is now.
  virtual PeerFile currentFile() = 0;
  // Everything up to save number `generation` is on disk, or the write failed and none later is
  // known to be.
  virtual void onSaved(std::uint64_t generation) = 0;
  virtual void onSaveFailed(const Error& error) = 0;

 protected:
  ~PeerFileSink() = default;
};

// Writes whole states, one at a time, each as it is when its write begins: whatever was asked to be
// saved while one was on its way is in the next. Thread: its loop only. Disk and sink outlive it.
class PeerFileWriter final : public ports::DiskSink {
 public:
  PeerFileWriter(ports::Disk& disk, PeerFileSink& sink) : disk_(disk), sink_(sink) {}

  // The state of now, or a later one. Generations count from 1 and grow by one each.
  std::uint64_t save();
  std::uint64_t durable() const { return durable_; }
  bool idle() const { return inFlight_ == 0; }

  void onDisk(OpId op, ports::DiskResult result) override;

 private:
  void write();

  ports::Disk& disk_;
  PeerFileSink& sink_;
  std::uint64_t last_ = 0;      // the latest asked for
  std::uint64_t inFlight_ = 0;  // 0: none
  std::uint64_t durable_ = 0;
};

}  // namespace henge::membership

#include <cassert>
#include <utility>

#include "server/membership/peer_file.h"

namespace henge::membership {

std::uint64_t PeerFileWriter::save(const PeerFile& file) {
  ++last_;
  next_ = encode(file);
  if (idle()) write();
  return last_;
}

void PeerFileWriter::write() {
  assert(idle() && next_);
  inFlight_ = last_;
  disk_.replace(OpId{inFlight_}, *this, peerFileName, *std::exchange(next_, std::nullopt));
}

void PeerFileWriter::onDisk(OpId op, ports::DiskResult result) {
  assert(op.value == inFlight_);
  inFlight_ = 0;
  if (result.status.ok()) durable_ = op.value;
  if (next_) write();
  if (result.status.ok()) {
    sink_.onSaved(durable_);
  } else {
    sink_.onSaveFailed(result.status.error());
  }
}

}  // namespace henge::membership

#include <cassert>

#include "server/membership/peer_file.h"

namespace henge::membership {

std::uint64_t PeerFileWriter::save() {
  ++last_;
  if (idle()) write();
  return last_;
}

void PeerFileWriter::write() {
  assert(idle());
  inFlight_ = last_;
  disk_.replace(OpId{inFlight_}, *this, peerFileName, encode(sink_.currentFile()));
}

void PeerFileWriter::onDisk(OpId op, ports::DiskResult result) {
  assert(op.value == inFlight_);
  inFlight_ = 0;
  if (result.status.ok()) durable_ = op.value;
  if (last_ > op.value) write();
  if (result.status.ok()) {
    sink_.onSaved(durable_);
  } else {
    sink_.onSaveFailed(result.status.error());
  }
}

}  // namespace henge::membership

#include "tests/proofs/bytes/small_files.h"

#include "server/membership/peer_file.h"
#include "server/storage/durable_clock.h"
#include "server/storage/identity.h"
#include "server/storage/segment_format.h"

namespace henge::proofs {

namespace {

template <auto decode>
bool refused(BytesView bytes) {
  const auto read = decode(bytes);
  return !read.ok() && read.error().kind == ErrorKind::corrupt;
}
template <auto decode>
bool accepted(BytesView bytes) {
  return decode(bytes).ok();
}
template <auto decode>
SmallFile fileOf(const char* name, Bytes bytes) {
  return {name, std::move(bytes), refused<decode>, accepted<decode>};
}

Bytes header() {
  storage::SegmentHeader header;
  header.owner = {ClusterId{0x5f3a9c0012d4e8b7}, DirectoryId{0xd1d2d3d4}, 0};
  header.recycled = true;
  header.id = 42;
  header.predecessor = {41, 1900, 0x1122334455667788};
  header.syncedTo = {41, 1900};
  return storage::encode(header);
}

Bytes identity() {
  storage::Identity identity;
  identity.cluster = ClusterId{0x5f3a9c0012d4e8b7};
  identity.node = NodeId{2};
  identity.directory = DirectoryId{0xd1d2d3d4};
  identity.boot = 17;
  identity.writer = 0x9f3c;
  identity.ringHash = 0xaabbccdd;
  identity.tokens = {Bytes("\0", 1), "m"};
  identity.extensions[11] = "of a later version";
  return storage::encode(identity);
}

Bytes peers() {
  membership::PeerFile file;
  file.cluster = ClusterId{0x5f3a9c0012d4e8b7};
  file.self = NodeId{2};
  file.directory = DirectoryId{0xd1d2d3d4};
  file.confirmed = true;
  file.ownRebuilding = "a segment is damaged";
  file.peers.push_back({{0}, {0xd0}, {7, 0x77}, {6, 0x66}, {12, 4096}, true, {}});
  file.peers.push_back({{1},
                        {0xd1},
                        {3, 0x33},
                        {0, 0},
                        {9, 128},
                        false,
                        membership::Objection{{0xd9}, "another directory"}});
  return membership::encode(file);
}

}  // namespace

std::vector<SmallFile> smallFiles() {
  return {
      fileOf<storage::decodeSegmentHeader>("segment header", header()),
      fileOf<storage::decodeIdentity>("identity", identity()),
      fileOf<storage::decodeClockCeiling>("clock", storage::encodeClockCeiling(1795236306646329)),
      fileOf<membership::decodePeerFile>("peers", peers())};
}

}  // namespace henge::proofs

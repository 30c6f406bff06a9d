#include "server/membership/peer_file.h"
#include "tests/fuzz/fuzz_target.h"

using namespace henge;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes = fuzz::viewOf(data, size);
  const auto encode = [](const membership::PeerFile& file) { return membership::encode(file); };
  for (const Bytes& file : {Bytes(bytes), fuzz::resealed(bytes)})
    fuzz::roundTrip(file, membership::decodePeerFile, encode, fuzz::equal);
  return 0;
}

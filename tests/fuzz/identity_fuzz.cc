#include "server/storage/identity.h"
#include "tests/fuzz/fuzz_target.h"

using namespace henge;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes = fuzz::viewOf(data, size);
  const auto encode = [](const storage::Identity& identity) { return storage::encode(identity); };
  for (const Bytes& file : {Bytes(bytes), fuzz::resealed(bytes)})
    fuzz::roundTrip(file, storage::decodeIdentity, encode, fuzz::equal);
  return 0;
}

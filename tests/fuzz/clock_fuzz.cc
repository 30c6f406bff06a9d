#include "server/storage/durable_clock.h"
#include "tests/fuzz/fuzz_target.h"

using namespace henge;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes = fuzz::viewOf(data, size);
  for (const Bytes& file : {Bytes(bytes), fuzz::resealed(bytes)})
    fuzz::roundTrip(file, storage::decodeClockCeiling, storage::encodeClockCeiling, fuzz::equal);
  return 0;
}

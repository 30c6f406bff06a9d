// What the store keeps about the log.
#include "server/storage/fence.h"
#include "server/storage/store_keys.h"
#include "tests/fuzz/fuzz_target.h"

using namespace henge;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes = fuzz::viewOf(data, size);
  fuzz::roundTrip(bytes, storage::decodeApplied, storage::encodeApplied, fuzz::equal);
  const auto encode = [](const storage::Fence& fence) { return storage::encode(fence); };
  fuzz::roundTrip(bytes, storage::decodeFence, encode, fuzz::equal);
  return 0;
}

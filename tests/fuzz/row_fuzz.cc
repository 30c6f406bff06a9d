#include "server/storage/record_codec.h"
#include "tests/fuzz/fuzz_target.h"

using namespace henge;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto decode = [](BytesView row) { return storage::decodeRow("key", row); };
  const auto same = [](const Record& a, const Record& b) {
    return a == b && a.extensions == b.extensions;
  };
  fuzz::roundTrip(fuzz::viewOf(data, size), decode, storage::encodeRow, same);
  return 0;
}

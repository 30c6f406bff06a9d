// What the store keeps beside rows.
#include "server/storage/fence.h"
#include "server/storage/hint_codec.h"
#include "server/storage/store_keys.h"
#include "tests/fuzz/fuzz_target.h"

using namespace henge;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes = fuzz::viewOf(data, size);
  fuzz::roundTrip(bytes, storage::decodeApplied, storage::encodeApplied, fuzz::equal);
  const auto encode = [](const storage::Fence& fence) { return storage::encode(fence); };
  fuzz::roundTrip(bytes, storage::decodeFence, encode, fuzz::equal);
  const Bytes ofHint = storage::hintKey({{3}, 5});
  const Bytes ofMark = storage::markKey({3}, "k");
  fuzz::roundTrip(
      bytes, [&](BytesView value) { return storage::decodeHintRow(ofHint, value); },
      [](const Hint& hint) { return *storage::rowOf(hint).value; }, fuzz::equal);
  fuzz::roundTrip(
      bytes, [&](BytesView value) { return storage::decodeMarkRow(ofMark, value); },
      [](const RepairMark& mark) { return *storage::rowOf(mark).value; }, fuzz::equal);
  return 0;
}

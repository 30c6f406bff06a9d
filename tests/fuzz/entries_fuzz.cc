#include <algorithm>

#include "server/storage/hint_codec.h"
#include "server/storage/record_codec.h"
#include "tests/fuzz/fuzz_target.h"

using namespace henge;
using namespace henge::storage;

namespace {

std::uint32_t entriesIn(BytesView payload) {
  LittleEndianReader in(payload);
  std::uint32_t count = 0;
  while (in.ok() && !in.atEnd()) in.sized(), ++count;
  return count;
}

Bytes encode(const DecodedEntries& entries) {
  Bytes out;
  const auto append = [&out](const auto& entry) {
    const std::size_t before = out.size();
    appendEntry(out, entry);
    fuzz::require(out.size() - before == entryBytes(entry), "an entry is as long as was said");
  };
  for (const Record& record : entries.records) append(record);
  for (const HintEntry& hint : entries.hints) append(hint);
  return out;
}

bool isSame(const DecodedEntries& a, const DecodedEntries& b) {
  const auto alike = [](const Record& x, const Record& y) {
    return x == y && x.extensions == y.extensions;
  };
  return a.hints == b.hints &&
         std::equal(a.records.begin(), a.records.end(), b.records.begin(), b.records.end(), alike);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView payload = fuzz::viewOf(data, size);
  const auto decode = [](BytesView bytes) { return decodeEntries(bytes, entriesIn(bytes)); };
  fuzz::roundTrip(payload, decode, encode, isSame);
  for (std::uint32_t count : {0U, 1U, UINT32_MAX}) {
    const auto entries = decodeEntries(payload, count);
    fuzz::require(!entries.ok() || entriesIn(payload) == count, "a count that is wrong is refused");
  }
  return 0;
}

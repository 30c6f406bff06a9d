// What the product's own readers make of bytes from disk, as lines for people.
#pragma once

#include <string>

#include "core/bytes.h"
#include "server/storage/segment_reader.h"

namespace henge::golden {

// Of the files in tests/golden/format: segment 42, and the store has everything up to 40.
storage::SegmentPlace goldenPlace();

// `kind` is the file's name up to the first "_": row, entries, segment, header, applied, fence,
// identity, clock, peers, hint, mark. What cannot be read becomes a line that says so.
std::string decodedText(const std::string& kind, BytesView bytes);

// Decodes and encodes again. Of what is not encoded in one way only (a segment): the same bytes.
Bytes encodedAgain(const std::string& kind, BytesView bytes);

}  // namespace henge::golden

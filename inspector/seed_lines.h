// The lines of the document this store grew from: what each server's memory holds, written as
// Python writes a dict.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>

#include "inspector/reading.h"

namespace henge::inspector {

// {'serverID': 0, 'kvMem': {0: KV(key=0, value='value0', time=1795236306646329)}}
// A line for each node that was read, in ring order, written as it is read. Keys of one byte are
// numbers; tombstones, which those lines did not know, are left out. `limit`: keys of each node.
// Says in the node's `cause` if it could not be read to the end.
void writeSeedLines(std::ostream& out, Reading& reading, const KeyRange& range,
                    std::optional<std::uint64_t> limit);

// As Python's repr() of str if UTF-8, else of bytes.
std::string pythonText(BytesView bytes);

}  // namespace henge::inspector

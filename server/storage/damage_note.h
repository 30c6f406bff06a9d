// What is written down of a damaged segment, beside it in quarantine/ (docs/format/log.md). Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/log_view.h"

namespace henge::storage {

// Lines for people, of a word and what it stands for; a damage's file names the segment.
Bytes encodeDamageNote(const LogDamage& damage);

// Whatever can be read of it. Bytes that are no such note are taken for a reason, of any key:
// a note that was damaged itself must not shrink what may be lost. `file`: for a note that names
// none.
LogDamage decodeDamageNote(BytesView bytes, const std::string& file);

}  // namespace henge::storage

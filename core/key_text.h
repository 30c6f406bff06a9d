// How people write keys and values: text, "quoted text", u8:137, x'89'.
#pragma once

#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/result.h"

namespace henge {

// Bare words are their own bytes; "…" knows \n \t \" \\ \xHH; u8:N is one byte; x'…' is hex.
// The message says what is wrong and at which column.
Result<Bytes> parseKeyText(std::string_view text);

// The shortest form that parseKeyText reads back: bare if printable and unambiguous, "…" if text
// with blanks or quotes, else x'…'.
std::string toKeyText(BytesView bytes);

bool isUtf8(BytesView bytes);

}  // namespace henge

// How people write keys and values: text, "quoted text", u8:137, x'89'.
#pragma once

#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/result.h"

namespace henge {

// Bare words are their own bytes, whatever stands in them; "…" knows \n \t \" \\ \xHH; u8:N is the
// byte N, 0 to 255; x'…' is hex. No text at all is no bytes. The message says what is wrong and at
// which column, counted in bytes from 1.
Result<Bytes> parseKeyText(std::string_view text);

// The shortest form that parseKeyText reads back: bare if printable and unambiguous, "…" if text
// with blanks or quotes or none at all, else x'…' (not UTF-8, or with characters that a terminal
// would obey or hide).
std::string toKeyText(BytesView bytes);

// As RFC 3629: no overlong forms, no surrogates.
bool isUtf8(BytesView bytes);

}  // namespace henge

// Numbers as people read them. Unknown is the caller's business: it prints "-".
#pragma once

#include <cstdint>
#include <string>

#include "core/bytes.h"
#include "core/time.h"

namespace henge::client {

std::string grouped(std::int64_t number);  // 75102 → "75 102"
std::string sizeText(std::int64_t bytes);  // "13 B" "26.1 KiB" "8.2 MiB"
std::string spanText(Duration span);       // "41 s" "12m 4s" "3h 12m" "5d 3h"
std::string millisText(Duration span);     // "0.83 ms"
std::string offsetText(Duration offset);   // "+0.1 ms" "-1.2 s"
std::string percentText(double share);     // 0.251 → "25.1 %"
std::string barText(double share, int fullWidth);  // "██████████", at least one block unless 0

// As keys are written, a byte that is no letter as u8:137.
std::string keyWord(BytesView key);

// A key in a sentence: always in quotes, or as u8:N or x'…'.
std::string quotedKey(BytesView key);

// A key as a word for the shell, so that a shown command can be copied.
std::string shellWord(BytesView key);

// Each sentence on a line of its own, the later ones indented; ended by a newline.
std::string linePerSentence(std::string_view text);

}  // namespace henge::client

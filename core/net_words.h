// What went wrong on a socket, in a few words of our own.
#pragma once

#include <string>

namespace henge {

// Of a value of errno: "connection refused", "connection reset", …; "system error 113" for what has
// no words here.
std::string netWords(int errnoValue);

}  // namespace henge

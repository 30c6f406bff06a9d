#include "core/net_words.h"

#include <array>
#include <cerrno>
#include <utility>

namespace henge {

std::string netWords(int errnoValue) {
  static constexpr std::array<std::pair<int, const char*>, 14> words{{
      {ECONNREFUSED, "connection refused"},
      {ECONNRESET, "connection reset"},
      {EPIPE, "connection closed by the other side"},
      {ECONNABORTED, "connection aborted"},
      {ETIMEDOUT, "no answer in time"},
      {EHOSTUNREACH, "host unreachable"},
      {ENETUNREACH, "network unreachable"},
      {EADDRINUSE, "address in use"},
      {EADDRNOTAVAIL, "not an address of this machine"},
      {EACCES, "permission denied"},
      {EMFILE, "too many open files in this process"},
      {ENFILE, "too many open files in the system"},
      {ENOBUFS, "no buffer space"},
      {ENOMEM, "no memory"},
  }};
  for (const auto& [value, text] : words) {
    if (value == errnoValue) return text;
  }
  return "system error " + std::to_string(errnoValue);
}

}  // namespace henge
